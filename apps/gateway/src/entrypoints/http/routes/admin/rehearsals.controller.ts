import { Controller, Delete, Get, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  MerchantDrops,
  Rehearsals,
  rehearsalWordsSchema,
  settingsOf,
  type StartRehearsalOutcome,
} from '@holdfast/contracts';
import { assertNever } from '@holdfast/kernel';
import { renderReport } from '@holdfast/rehearsal-report';
import { merchantCallerOf } from '../../access/request';
import { type Problem, sendProblem } from '../../problems/problem';
import { looksLikeId, pageQuery } from '../../schemas/inputs';
import { check, parseJson, refused } from '../../server/body';
import type { Answer } from '../outcomes';
import { sendAnswer, sendJson } from '../send';
import { renderRehearsal, reportHeaders } from './render-rehearsal';
import { commandOf, requestKeyOf } from './request-key';

const NOT_FOUND: Problem = { code: 'not-found' };
const NO_REPORT: Problem = {
  code: 'not-found',
  detail:
    'This rehearsal has no report: it is running, was stopped, or failed before its end. Read the rehearsal to see which.',
};

/** Rehearsals of a drop: load runs against a copy of it. */
@Controller('v1/admin/drops/:dropId/rehearsals')
export class RehearsalsController {
  constructor(
    private readonly rehearsals: Rehearsals,
    private readonly drops: MerchantDrops,
  ) {}

  @Post()
  async start(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const key = requestKeyOf(request);
    if (key.kind === 'refused') return void sendProblem(request, reply, key.problem);
    const words = parseJson(request, rehearsalWordsSchema, {});
    if (words.kind === 'refused') return void sendProblem(request, reply, words.problem);
    const { merchantId, dropId } = targetOf(request);
    if (!looksLikeId(dropId)) return void sendProblem(request, reply, NOT_FOUND);
    const read = await this.drops.getMerchantDrop({ merchantId, dropId });
    // With a key it may repeat a request from before the drop was deleted, and gets the answer of that one.
    if (!read && key.value === null) return void sendProblem(request, reply, NOT_FOUND);
    const units = (read?.stock ?? []).reduce((sum, { total }) => sum + total, 0);
    const settings = settingsOf(words.value, { units });
    const outcome = await this.rehearsals.startRehearsal({
      ...commandOf(request, key.value),
      dropId,
      settings,
    });
    sendAnswer(request, reply, answerStart(request, outcome));
  }

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = check(pageQuery, request.query);
    if (query.kind === 'refused') return void sendProblem(request, reply, query.problem);
    const { merchantId, dropId } = targetOf(request);
    const page = looksLikeId(dropId)
      ? await this.rehearsals.listRehearsals({ merchantId, dropId, ...query.value })
      : null;
    if (!page) return void sendProblem(request, reply, NOT_FOUND);
    const { items, nextCursor } = page;
    sendJson(reply, JSON.stringify({ items: items.map(renderRehearsal), nextCursor }));
  }

  @Get(':rehearsalId')
  async get(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const ref = refOf(request);
    const rehearsal = ref && (await this.rehearsals.getRehearsal(ref));
    if (!rehearsal) return void sendProblem(request, reply, NOT_FOUND);
    sendJson(reply, JSON.stringify(renderRehearsal(rehearsal)));
  }

  @Get(':rehearsalId/report')
  async report(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const ref = refOf(request);
    const found = ref && (await this.rehearsals.rehearsalReport(ref));
    if (!found) return void sendProblem(request, reply, NOT_FOUND);
    const { rehearsal, evidence } = found;
    if (!evidence) return void sendProblem(request, reply, NO_REPORT);
    void reply.code(200).headers(reportHeaders(rehearsal)).send(renderReport({ rehearsal, evidence }));
  }

  /** 202 while it ends, within 5 s; 200 when it had ended before. */
  @Delete(':rehearsalId')
  async stop(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const ref = refOf(request);
    const rehearsal = ref && (await this.rehearsals.stopRehearsal({ ...commandOf(request, null), ...ref }));
    if (!rehearsal) return void sendProblem(request, reply, NOT_FOUND);
    sendJson(reply, JSON.stringify(renderRehearsal(rehearsal)), rehearsal.state === 'running' ? 202 : 200);
  }
}

function targetOf(request: FastifyRequest): { merchantId: string; dropId: string } {
  const { dropId } = request.params as { dropId: string };
  return { merchantId: merchantCallerOf(request).merchantId, dropId };
}

function refOf(request: FastifyRequest): { merchantId: string; dropId: string; rehearsalId: string } | null {
  const { rehearsalId } = request.params as { rehearsalId: string };
  const target = targetOf(request);
  return looksLikeId(target.dropId) && looksLikeId(rehearsalId) ? { ...target, rehearsalId } : null;
}

function answerStart(request: FastifyRequest, outcome: StartRehearsalOutcome): Answer {
  switch (outcome.kind) {
    case 'started': {
      const { rehearsal, replayed } = outcome;
      return {
        kind: 'sent',
        status: 202,
        body: JSON.stringify(renderRehearsal(rehearsal)),
        location: `/v1/admin/drops/${rehearsal.dropId}/rehearsals/${rehearsal.id}`,
        // Without a key of the client, only a call between services can have come twice.
        replayed: replayed && request.headers['idempotency-key'] !== undefined,
      };
    }
    case 'not-found':
      return { kind: 'problem', problem: NOT_FOUND };
    case 'key-reused':
      return { kind: 'problem', problem: { code: 'idempotency-key-reused' } };
    case 'invalid':
      return { kind: 'problem', problem: refused(outcome.errors).problem };
    case 'conflict':
      return { kind: 'problem', problem: { code: 'conflict', detail: outcome.why } };
    default:
      return assertNever(outcome);
  }
}
