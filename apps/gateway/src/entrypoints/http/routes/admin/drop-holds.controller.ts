import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Hold, MerchantStock, type ReleaseByMerchantOutcome } from '@holdfast/contracts';
import { dropIdOf } from '@holdfast/kernel';
import { merchantCallerOf } from '../../access/request';
import { type Problem, sendProblem } from '../../problems/problem';
import { dropHoldsQuery, releaseInput } from '../../schemas/stock-inputs';
import { check, parseJson } from '../../server/body';
import { type Answer, answerRelease, busy, renderHold } from '../outcomes';
import { sendAnswer, sendJson } from '../send';
import { CSV_PAGE, type CsvTable, sendCsv, wantsCsv } from './csv';
import { Download } from './download';
import { commandOf, requestKeyOf } from './request-key';

const NOT_FOUND: Problem = { code: 'not-found' };

/** The holds of a merchant's drops. */
@Controller('v1/admin')
export class DropHoldsController {
  constructor(
    private readonly stock: MerchantStock,
    private readonly download: Download,
  ) {}

  @Get('drops/:dropId/holds')
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = check(dropHoldsQuery, request.query);
    if (query.kind === 'refused') return void sendProblem(request, reply, query.problem);
    const { dropId } = request.params as { dropId: string };
    const asked = { merchantId: merchantCallerOf(request).merchantId, dropId, ...query.value };
    const csv = wantsCsv(request);
    const first = await this.stock.listDropHolds(csv ? { ...asked, limit: CSV_PAGE } : asked);
    if (!first) return void sendProblem(request, reply, NOT_FOUND);
    if (csv) {
      const next = (cursor: string) => this.stock.listDropHolds({ ...asked, cursor, limit: CSV_PAGE });
      return sendCsv(this.download, request, reply, HOLDS, first, next);
    }
    const texts = first.items.map(renderHold).join(',');
    sendJson(reply, `{"items":[${texts}],"nextCursor":${JSON.stringify(first.nextCursor)}}`);
  }

  @Post('holds/:holdId/release')
  async release(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const key = requestKeyOf(request);
    if (key.kind === 'refused') return void sendProblem(request, reply, key.problem);
    const body = parseJson(request, releaseInput);
    if (body.kind === 'refused') return void sendProblem(request, reply, body.problem);
    const { holdId } = request.params as { holdId: string };
    const outcome: ReleaseByMerchantOutcome =
      dropIdOf(holdId) === undefined
        ? { kind: 'not-found' }
        : await this.stock.releaseByMerchant({ ...commandOf(request, key.value), holdId, ...body.value });
    sendAnswer(request, reply, answerOf(outcome));
  }
}

function answerOf(outcome: ReleaseByMerchantOutcome): Answer {
  switch (outcome.kind) {
    case 'released':
      return { kind: 'sent', status: 200, body: renderHold(outcome.hold), replayed: outcome.replayed };
    case 'key-reused':
      return { kind: 'problem', problem: { code: 'idempotency-key-reused' } };
    case 'busy':
      return busy(outcome);
    default:
      return answerRelease(outcome);
  }
}

const HOLDS: CsvTable<Hold> = {
  name: 'holds',
  columns: [
    'id',
    'dropId',
    'customerId',
    'state',
    'sku',
    'quantity',
    'priceMinor',
    'currency',
    'createdAt',
    'expiresAt',
  ],
  rows: ({ id, dropId, customerId, state, lines, createdAt, expiresAt }) =>
    lines.map(({ sku, quantity, price }) => {
      const line = [sku, quantity, price.amountMinor, price.currency];
      return [id, dropId, customerId, state, ...line, createdAt, expiresAt];
    }),
};
