import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CheckoutClient, Figures, STEP_SECONDS } from '@holdfast/contracts';
import { DropFigures } from '../../../../application/drop-figures';
import { fullSeries, rangeOf } from '../../../../application/series';
import { merchantCallerOf } from '../../access/request';
import { sendProblem } from '../../problems/problem';
import { looksLikeId } from '../../schemas/inputs';
import { seriesQuery } from '../../schemas/figures-inputs';
import { check, refused } from '../../server/body';
import { sendJson } from '../send';
import { renderStats } from './render-stats';

const TOO_MANY = refused([
  { pointer: '/step', message: 'gives no series, or one of more than 10,000 points' },
]).problem;

/** What happened in a drop, now and by steps of time. */
@Controller('v1/admin/drops/:dropId')
export class FiguresController {
  constructor(
    private readonly figures: Figures,
    private readonly checkout: CheckoutClient,
    private readonly totals: DropFigures,
  ) {}

  @Get('stats')
  async drop(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { merchantId, dropId } = targetOf(request);
    const found = looksLikeId(dropId) && (await this.totals.of(merchantId, dropId));
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
      ...target,
      from: new Date(range.fromMs).toISOString(),
      to: new Date(range.toMs).toISOString(),
      stepSeconds: STEP_SECONDS[range.step],
    };
    const [points, orders] = await Promise.all([
      this.figures.dropSeries(wanted),
      this.checkout.orderSeries(wanted),
    ]);
    const body = { step: range.step, from: wanted.from, points: fullSeries(range, points, orders) };
    sendJson(reply, JSON.stringify(body));
  }
}

function targetOf(request: FastifyRequest): { merchantId: string; dropId: string } {
  const { dropId } = request.params as { dropId: string };
  return { merchantId: merchantCallerOf(request).merchantId, dropId };
}
