import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { CheckoutClient } from '@holdfast/contracts';
import { SecurityEvents } from '@holdfast/observability';
import { clientAddress } from '../limits/address-key';
import { Limited } from '../limits/limit-policies';
import { BankForm } from '../pages/bank-form';
import { bankPage, safePath } from '../pages/bank.page';
import { acceptsHtml, sendHtml } from '../pages/html';
import { notFoundPage } from '../pages/not-found.page';
import { sendProblem } from '../problems/problem';
import { looksLikeId } from '../schemas/inputs';
import { check, rawBody, refused } from '../server/body';

const decision = z.strictObject({
  decision: z.enum(['approve', 'deny'], 'must be approve or deny'),
  nonce: z.string().max(100, 'is too long').optional(),
});

/** The bank of the sandbox (`tok_3ds`): a page that asks, and the answer that leads back to the shop. */
@Controller('sandbox/3ds')
export class BankController {
  constructor(
    private readonly checkout: CheckoutClient,
    private readonly form: BankForm,
    private readonly events: SecurityEvents,
  ) {}

  @Get(':reference')
  @Limited('reads')
  async ask(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const reference = referenceOf(request);
    const challenge = reference && (await this.checkout.getBankChallenge(reference));
    if (challenge) sendHtml(reply, 200, bankPage(challenge, this.form.nonceFor(challenge.reference)));
    else unknown(request, reply);
  }

  @Post(':reference')
  @Limited('reads')
  async answer(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const form = readForm(request);
    if (form.kind === 'refused') {
      sendProblem(request, reply, form.problem);
      return;
    }
    const reference = referenceOf(request);
    if (reference !== undefined && !this.form.isOwn(request, reference, form.value.nonce)) {
      this.events.report('foreign-origin', {
        address: clientAddress(request),
        detail: `bank form from ${request.headers.origin ?? 'nowhere'}`,
      });
      sendProblem(request, reply, { code: 'forbidden', detail: 'Submit the form on the bank page itself.' });
      return;
    }
    const challenge = reference && (await this.checkout.answerBankChallenge(reference, form.value.decision));
    if (challenge)
      void reply.header('cache-control', 'no-store').redirect(safePath(challenge.returnPath), 303);
    else unknown(request, reply);
  }
}

function referenceOf(request: FastifyRequest): string | undefined {
  const { reference } = request.params as { reference: string };
  return looksLikeId(reference) ? reference : undefined;
}

function readForm(request: FastifyRequest) {
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/x-www-form-urlencoded\b/i.test(type)) {
    return rawBody(request).length === 0
      ? refused([{ pointer: '/decision', message: 'must be approve or deny' }])
      : ({
          kind: 'refused',
          problem: {
            code: 'unsupported-media-type',
            detail: 'Send the form as application/x-www-form-urlencoded.',
          },
        } as const);
  }
  return check(decision, Object.fromEntries(new URLSearchParams(rawBody(request).toString('utf8'))));
}

function unknown(request: FastifyRequest, reply: FastifyReply): void {
  if (acceptsHtml(request)) sendHtml(reply, 404, notFoundPage());
  else sendProblem(request, reply, { code: 'not-found' });
}
