import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CheckoutClient, type WebhookOutcome } from '@holdfast/contracts';
import { SecurityEvents } from '@holdfast/observability';
import { clientAddress } from '../limits/address-key';
import { Allowances } from '../limits/allowances';
import { Limited } from '../limits/limit-policies';
import { looksLikeId } from '../schemas/inputs';
import { rawBody } from '../server/body';
import { answerWebhook } from './outcomes';
import { sendAnswer } from './send';

/** What payment providers tell us. The bytes go on as they came: the signature is over them. */
@Controller('v1/payments/webhooks')
export class WebhooksController {
  constructor(
    private readonly checkout: CheckoutClient,
    private readonly allowances: Allowances,
    private readonly events: SecurityEvents,
  ) {}

  /**
   * A provider may send as many as it has to tell; what has no good signature counts as a read of its address, and an address that has used
   * up its reads is refused before the signature is checked.
   */
  @Post(':provider')
  @Limited('own')
  async receive(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.allowances.refuseExhausted('reads', request, reply);
    const { provider } = request.params as { provider: string };
    const outcome: WebhookOutcome = !looksLikeId(provider)
      ? { kind: 'unknown-provider' }
      : await this.checkout.receiveWebhook({
          provider,
          rawBody: rawBody(request),
          headers: singleHeaders(request),
        });
    if (outcome.kind === 'bad-signature')
      this.events.report('bad-signature', { address: clientAddress(request) });
    if (outcome.kind !== 'accepted') await this.allowances.spend('reads', request, reply);
    sendAnswer(request, reply, answerWebhook(outcome));
  }
}

function singleHeaders({ headers }: FastifyRequest): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}
