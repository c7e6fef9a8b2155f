import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { TimelineEntry } from '@holdfast/contracts';
import { decodeKey, encodeKey, Timeline } from '../../../../application/timeline';
import { merchantCallerOf } from '../../access/request';
import { sendProblem } from '../../problems/problem';
import { looksLikeId } from '../../schemas/inputs';
import { timelineQuery } from '../../schemas/timeline-inputs';
import { check } from '../../server/body';
import { sendJson } from '../send';
import { dropIdOf } from './drops.controller';

/** What happened in a drop, in the order of time. */
@Controller('v1/admin/drops/:dropId')
export class TimelineController {
  constructor(private readonly timeline: Timeline) {}

  @Get('timeline')
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = check(timelineQuery, request.query);
    if (query.kind === 'refused') return void sendProblem(request, reply, query.problem);
    const { cursor, ...filters } = query.value;
    const { merchantId } = merchantCallerOf(request);
    const dropId = dropIdOf(request);
    const after = cursor === undefined ? null : decodeKey(cursor);
    const page = looksLikeId(dropId)
      ? await this.timeline.page({ merchantId, dropId, after, ...filters })
      : null;
    if (!page) return void sendProblem(request, reply, { code: 'not-found' });
    const nextCursor = page.next && encodeKey(page.next);
    sendJson(reply, JSON.stringify({ items: page.entries.map(renderEntry), nextCursor }));
  }
}

/** As the contract shows it. */
function renderEntry(entry: TimelineEntry): object {
  const { key, kind, customerId, holdId, orderId, sku, quantity, outcome, reason, actor } = entry;
  const at = `${key.at.slice(0, 23)}Z`;
  return {
    id: encodeKey(key),
    ...{ at, kind, customerId, holdId, orderId, sku, quantity, outcome, reason, actor },
  };
}
