import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type AdjustStockOutcome, MerchantStock } from '@holdfast/contracts';
import { isDropId, LIMITS } from '@holdfast/kernel';
import { merchantCallerOf } from '../../access/request';
import { type Problem, sendProblem } from '../../problems/problem';
import { pageQuery } from '../../schemas/inputs';
import { adjustmentInput } from '../../schemas/stock-inputs';
import { check, parseJson, refused } from '../../server/body';
import { type Answer, busy } from '../outcomes';
import { sendAnswer, sendJson } from '../send';
import { neededKeyOf } from './needed-key';
import { renderAdjustment } from './render-stock';
import { commandOf } from './request-key';

const NOT_FOUND: Problem = { code: 'not-found' };

/** Changes of the total units of a drop's SKUs. */
@Controller('v1/admin/drops/:dropId/stock-adjustments')
export class StockAdjustmentsController {
  constructor(private readonly stock: MerchantStock) {}

  @Post()
  async adjust(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const key = neededKeyOf(request);
    if (key.kind === 'refused') return void sendProblem(request, reply, key.problem);
    const body = parseJson(request, adjustmentInput);
    if (body.kind === 'refused') return void sendProblem(request, reply, body.problem);
    const dropId = dropIdOf(request);
    if (!isDropId(dropId)) return void sendProblem(request, reply, NOT_FOUND);
    const command = { ...commandOf(request, key.value), request: key.value, dropId, ...body.value };
    sendAnswer(request, reply, answerOf(dropId, await this.stock.adjustStock(command)));
  }

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = check(pageQuery, request.query);
    if (query.kind === 'refused') return void sendProblem(request, reply, query.problem);
    const { merchantId } = merchantCallerOf(request);
    const page = await this.stock.listAdjustments({ merchantId, dropId: dropIdOf(request), ...query.value });
    if (!page) return void sendProblem(request, reply, NOT_FOUND);
    sendJson(reply, JSON.stringify({ ...page, items: page.items.map(renderAdjustment) }));
  }
}

const dropIdOf = (request: FastifyRequest) => (request.params as { dropId: string }).dropId;

function answerOf(dropId: string, outcome: AdjustStockOutcome): Answer {
  switch (outcome.kind) {
    case 'adjusted':
      return {
        kind: 'sent',
        status: 201,
        location: `/v1/admin/drops/${dropId}/stock-adjustments`,
        body: JSON.stringify(renderAdjustment(outcome.adjustment)),
        replayed: outcome.replayed,
      };
    case 'busy':
      return busy(outcome);
    default:
      return { kind: 'problem', problem: REFUSALS[outcome.kind] };
  }
}

const REFUSALS: Record<Exclude<AdjustStockOutcome['kind'], 'adjusted' | 'busy'>, Problem> = {
  'not-found': NOT_FOUND,
  'key-reused': { code: 'idempotency-key-reused' },
  'unknown-sku': refused([{ pointer: '/sku', message: 'is not sold in this drop' }]).problem,
  'too-many-units': refused([
    { pointer: '/delta', message: `would make more than ${LIMITS.skuUnitsMax} units of the SKU` },
  ]).problem,
  'drop-closed': {
    code: 'invalid-transition',
    detail: 'The drop is closed: its stock can no longer change.',
  },
  'below-committed': { code: 'stock-below-committed' },
};
