import { Controller, Get, Put, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { MerchantDrops } from '@holdfast/contracts';
import { merchantCallerOf } from '../../access/request';
import { sendProblem } from '../../problems/problem';
import { admissionInput } from '../../schemas/drop-inputs';
import { parseJson } from '../../server/body';
import { sendJson } from '../send';
import { dropProblem, renderAdmission } from './drop-answers';
import { dropIdOf } from './drops.controller';
import { commandOf } from './request-key';

/** How many new holds a minute a drop takes. */
@Controller('v1/admin/drops/:dropId/admission')
export class AdmissionController {
  constructor(private readonly drops: MerchantDrops) {}

  @Get()
  async get(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { merchantId } = merchantCallerOf(request);
    const read = await this.drops.getMerchantDrop({ merchantId, dropId: dropIdOf(request) });
    if (!read) return void sendProblem(request, reply, { code: 'not-found' });
    sendJson(reply, JSON.stringify(renderAdmission(read.drop.admission)));
  }

  @Put()
  async put(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const body = parseJson(request, admissionInput);
    if (body.kind === 'refused') return void sendProblem(request, reply, body.problem);
    const command = { ...commandOf(request, null), dropId: dropIdOf(request), ...body.value };
    const outcome = await this.drops.changeAdmission(command);
    if (outcome.kind !== 'done') return void sendProblem(request, reply, dropProblem(outcome));
    sendJson(reply, JSON.stringify(renderAdmission(outcome.read.drop.admission)));
  }
}
