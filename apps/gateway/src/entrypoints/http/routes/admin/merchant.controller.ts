import { Controller, Get, Patch, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Merchant, Merchants } from '@holdfast/contracts';
import { changeOriginOf, merchantCallerOf } from '../../access/request';
import { sendProblem } from '../../problems/problem';
import { merchantInput } from '../../schemas/accounts-inputs';
import { parseJson } from '../../server/body';
import { sendJson } from '../send';
import { ifMatchOf, revisionTag } from './if-match';
import { renderMerchant } from './render';

/** The merchant of the caller, and its settings. */
@Controller('v1/admin/merchant')
export class MerchantController {
  constructor(private readonly merchants: Merchants) {}

  @Get()
  async get(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const merchant = await this.merchants.getMerchant(merchantCallerOf(request).merchantId);
    if (merchant) send(reply, merchant);
    else sendProblem(request, reply, { code: 'not-found' });
  }

  @Patch()
  async change(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const body = parseJson(request, merchantInput);
    if (body.kind === 'refused') return void sendProblem(request, reply, body.problem);
    const revision = ifMatchOf(request);
    if (revision.kind === 'refused') return void sendProblem(request, reply, revision.problem);
    const outcome = await this.merchants.changeMerchant({
      merchantId: merchantCallerOf(request).merchantId,
      change: body.value,
      ...(revision.value === undefined ? {} : { ifRevision: revision.value }),
      by: changeOriginOf(request),
    });
    if (outcome.kind === 'changed') send(reply, outcome.merchant);
    else
      sendProblem(request, reply, {
        code: outcome.kind === 'not-found' ? 'not-found' : 'precondition-failed',
      });
  }
}

function send(reply: FastifyReply, merchant: Merchant): void {
  reply.header('etag', revisionTag(merchant.revision));
  sendJson(reply, JSON.stringify(renderMerchant(merchant)));
}
