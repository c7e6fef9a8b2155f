import { Controller, Delete, Get, Patch, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { MerchantDrops } from '@holdfast/contracts';
import { merchantCallerOf } from '../../access/request';
import { sendProblem } from '../../problems/problem';
import { dropChangeInput, dropInput, merchantDropsQuery } from '../../schemas/drop-inputs';
import { check, parseJson } from '../../server/body';
import { sendAnswer, sendJson } from '../send';
import { answerDrop, dropProblem, renderMerchantDropSummary, wantedRevisionsOf } from './drop-answers';
import { commandOf, requestKeyOf } from './request-key';

/** The drops of the caller's merchant, drafts included. */
@Controller('v1/admin/drops')
export class MerchantDropsController {
  constructor(private readonly drops: MerchantDrops) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = check(merchantDropsQuery, request.query);
    if (query.kind === 'refused') return void sendProblem(request, reply, query.problem);
    const { merchantId } = merchantCallerOf(request);
    const { items, nextCursor } = await this.drops.listMerchantDrops({ merchantId, ...query.value });
    sendJson(reply, JSON.stringify({ items: items.map(renderMerchantDropSummary), nextCursor }));
  }

  @Post()
  async create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const key = requestKeyOf(request);
    if (key.kind === 'refused') return void sendProblem(request, reply, key.problem);
    const body = parseJson(request, dropInput);
    if (body.kind === 'refused') return void sendProblem(request, reply, body.problem);
    const command = { ...commandOf(request, key.value), drop: body.value };
    sendAnswer(request, reply, answerDrop(request, await this.drops.createMerchantDrop(command), 201));
  }

  @Get(':dropId')
  async get(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { merchantId } = merchantCallerOf(request);
    const read = await this.drops.getMerchantDrop({ merchantId, dropId: dropIdOf(request) });
    const outcome = read
      ? ({ kind: 'done', read, replayed: false } as const)
      : ({ kind: 'not-found' } as const);
    sendAnswer(request, reply, answerDrop(request, outcome));
  }

  @Patch(':dropId')
  async change(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const body = parseJson(request, dropChangeInput);
    if (body.kind === 'refused') return void sendProblem(request, reply, body.problem);
    const outcome = await this.drops.changeMerchantDrop({
      ...commandOf(request, null),
      dropId: dropIdOf(request),
      change: body.value,
      ifMatch: wantedRevisionsOf(request),
    });
    sendAnswer(request, reply, answerDrop(request, outcome));
  }

  @Delete(':dropId')
  async remove(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const ifMatch = wantedRevisionsOf(request);
    const command = { ...commandOf(request, null), dropId: dropIdOf(request), ifMatch };
    const outcome = await this.drops.deleteMerchantDrop(command);
    if (outcome.kind === 'deleted') sendAnswer(request, reply, { kind: 'empty', status: 204 });
    else sendProblem(request, reply, dropProblem(outcome));
  }
}

/** Whatever stands in the address: inventory knows what is no id of a drop. */
export function dropIdOf(request: FastifyRequest): string {
  return (request.params as { dropId: string }).dropId;
}
