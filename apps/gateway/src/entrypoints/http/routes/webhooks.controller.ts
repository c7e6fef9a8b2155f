import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CheckoutClient } from '@holdfast/contracts';
import { Policy } from '../access/policy';
import { rawBody } from '../server/body';
import { answerWebhook } from './outcomes';
import { sendAnswer } from './send';

/** What payment providers tell us. The bytes go on as they came: the signature is over them. */
@Controller('v1/payments/webhooks')
@Policy('provider')
export class WebhooksController {
  constructor(private readonly checkout: CheckoutClient) {}

  @Post(':provider')
  async receive(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { provider } = request.params as { provider: string };
    const outcome = await this.checkout.receiveWebhook({
      provider,
      rawBody: rawBody(request),
      headers: singleHeaders(request),
    });
    sendAnswer(request, reply, answerWebhook(outcome));
  }
}

function singleHeaders({ headers }: FastifyRequest): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}
