import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CheckoutClient, type DropStats, Figures, type OrderStats, STEP_SECONDS } from '@holdfast/contracts';
import { Clock } from '@holdfast/kernel';
import { ReadThrough } from '../../../../application/read-through';
import { fullSeries, rangeOf } from '../../../../application/series';
import { merchantCallerOf } from '../../access/request';
import { sendProblem } from '../../problems/problem';
import { looksLikeId } from '../../schemas/inputs';
import { seriesQuery } from '../../schemas/figures-inputs';
import { check, refused } from '../../server/body';
import { sendJson } from '../send';

// Counting the holds of a large drop takes tens of milliseconds: watchers of one second share them.
const STATS_MS_MAX = 1_000;
const STATS_KEPT = 1_000;
const DEADLINE_MS = 2_500;

const TOO_MANY = refused([
  { pointer: '/step', message: 'gives no series, or one of more than 10,000 points' },
]).problem;

interface DropFigures {
  stats: DropStats;
  orders: OrderStats;
}

/** What happened in a drop, now and by steps of time. */
@Controller('v1/admin/drops/:dropId')
export class FiguresController {
  private readonly stats: ReadThrough<DropFigures | null>;

  constructor(
    private readonly figures: Figures,
    private readonly checkout: CheckoutClient,
    clock: Clock,
  ) {
    this.stats = new ReadThrough({
      what: 'figures',
      load: (key) => this.load(JSON.parse(key) as [string, string]),
      clock,
      maxAgeMs: STATS_MS_MAX,
      entriesMax: STATS_KEPT,
      deadlineMs: DEADLINE_MS,
      patienceMs: DEADLINE_MS,
    });
  }

  @Get('stats')
  async drop(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { merchantId, dropId } = targetOf(request);
    const found = looksLikeId(dropId) && (await this.stats.get(JSON.stringify([merchantId, dropId]))).value;
    if (!found) return void sendProblem(request, reply, { code: 'not-found' });
    sendJson(reply, JSON.stringify(renderStats(found)));
  }

  @Get('series')
  async series(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = check(seriesQuery, request.query);
    if (query.kind === 'refused') return void sendProblem(request, reply, query.problem);
    const target = targetOf(request);
    const life = looksLikeId(target.dropId) && (await this.figures.dropLife(target));
    if (!life) return void sendProblem(request, reply, { code: 'not-found' });
    const { from = life.firstAt ?? life.now, to = life.now, step } = query.value;
    // The moment itself belongs to the series.
    const range = rangeOf(Date.parse(from), Date.parse(to) + (query.value.to ? 0 : 1), step);
    if (!range) return void sendProblem(request, reply, TOO_MANY);
    const wanted = {
      dropId: target.dropId,
      from: new Date(range.fromMs).toISOString(),
      to: new Date(range.toMs).toISOString(),
      stepSeconds: STEP_SECONDS[range.step],
    };
    const [points, orders] = await Promise.all([
      this.figures.dropSeries({ ...wanted, merchantId: target.merchantId }),
      this.checkout.orderSeries(wanted),
    ]);
    const body = { step: range.step, from: wanted.from, points: fullSeries(range, points, orders) };
    sendJson(reply, JSON.stringify(body));
  }

  private async load([merchantId, dropId]: [string, string]): Promise<DropFigures | null> {
    const stats = await this.figures.dropStats({ merchantId, dropId });
    return stats && { stats, orders: await this.checkout.orderStats(dropId) };
  }
}

function targetOf(request: FastifyRequest): { merchantId: string; dropId: string } {
  const { dropId } = request.params as { dropId: string };
  return { merchantId: merchantCallerOf(request).merchantId, dropId };
}

function renderStats({ stats, orders }: DropFigures): object {
  const { asOf, items, holds, refusals, currency, soldOutAt, readers } = stats;
  const money = (amountMinor: number) => ({ amountMinor, currency });
  const captured = orders.captured[currency] ?? 0;
  const refunded = orders.refunded[currency] ?? 0;
  return {
    asOf,
    items,
    holds,
    refusals,
    orders: orders.orders,
    revenue: { captured: money(captured), refunded: money(refunded), net: money(captured - refunded) },
    conversion: holds.placed === 0 ? 0 : holds.confirmed / holds.placed,
    soldOutAt,
    readers,
  };
}
