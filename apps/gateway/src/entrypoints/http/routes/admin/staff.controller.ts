import { Controller, Delete, Get, Patch, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppConfig } from '@holdfast/config';
import { type AddStaffOutcome, linkUrl, newStaffId, secretHash, Staff } from '@holdfast/contracts';
import { changeOriginOf, merchantCallerOf } from '../../access/request';
import { type Problem, sendProblem } from '../../problems/problem';
import { roleInput, staffInput } from '../../schemas/accounts-inputs';
import { looksLikeId, pageQuery } from '../../schemas/inputs';
import { check, parseJson } from '../../server/body';
import { publicOrigin } from '../../server/public-origin';
import { sendAnswer, sendJson } from '../send';
import { KeyedSecrets } from './keyed-secrets';
import { pageOf } from './page';
import { renderStaff } from './render';

const NOT_FOUND: Problem = { code: 'not-found' };

/** The people of a merchant. */
@Controller('v1/admin/staff')
export class StaffController {
  constructor(
    private readonly staff: Staff,
    private readonly secrets: KeyedSecrets,
    private readonly config: AppConfig,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = check(pageQuery, request.query);
    if (query.kind === 'refused') return void sendProblem(request, reply, query.problem);
    const staff = await this.staff.listStaff(merchantCallerOf(request).merchantId);
    sendAnswer(request, reply, pageOf(staff, query.value, renderStaff));
  }

  @Post()
  async add(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const secrets = this.secrets.of(request);
    if (secrets.kind === 'refused') return void sendProblem(request, reply, secrets.problem);
    const body = parseJson(request, staffInput);
    if (body.kind === 'refused') return void sendProblem(request, reply, body.problem);
    const { merchantId } = merchantCallerOf(request);
    const { make, fingerprint } = secrets.value;
    const token = make('secret').toString('base64url');
    const outcome = await this.staff.addStaff({
      ...body.value,
      id: newStaffId(make('id')),
      fingerprint,
      merchantId,
      linkHash: secretHash(token),
      by: changeOriginOf(request),
    });
    if (outcome.kind !== 'added') return void sendProblem(request, reply, ADD_REFUSALS[outcome.kind]);
    const inviteUrl = linkUrl(publicOrigin(request, this.config), token);
    sendAnswer(request, reply, {
      kind: 'sent',
      status: 201,
      location: `/v1/admin/staff/${outcome.staff.id}`,
      replayed: outcome.replayed,
      body: JSON.stringify({ ...renderStaff(outcome.staff), inviteUrl }),
    });
  }

  @Patch(':staffId')
  async changeRole(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const body = parseJson(request, roleInput);
    if (body.kind === 'refused') return void sendProblem(request, reply, body.problem);
    const target = targetOf(request);
    if (!looksLikeId(target.staffId)) return void sendProblem(request, reply, NOT_FOUND);
    const outcome = await this.staff.changeRole({ ...target, role: body.value.role });
    if (outcome.kind !== 'changed') return void sendProblem(request, reply, { code: outcome.kind });
    sendJson(reply, JSON.stringify(renderStaff(outcome.staff)));
  }

  @Delete(':staffId')
  async remove(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const target = targetOf(request);
    if (!looksLikeId(target.staffId)) return void sendProblem(request, reply, NOT_FOUND);
    const outcome = await this.staff.removeStaff(target);
    if (outcome.kind !== 'removed') return void sendProblem(request, reply, { code: outcome.kind });
    sendAnswer(request, reply, { kind: 'empty', status: 204 });
  }
}

const ADD_REFUSALS: Record<Exclude<AddStaffOutcome['kind'], 'added'>, Problem> = {
  'email-taken': {
    code: 'conflict',
    detail: 'This address already belongs to a member of staff.',
    errors: [{ pointer: '/email', message: 'already belongs to a member of staff' }],
  },
  'too-many': { code: 'conflict', detail: 'This merchant has as many members of staff as it can have.' },
  'key-reused': { code: 'idempotency-key-reused' },
  'removed-since': {
    code: 'conflict',
    detail: 'The person whom this Idempotency-Key invited has been removed. Use a new Idempotency-Key.',
  },
  'not-found': NOT_FOUND,
};

function targetOf(request: FastifyRequest) {
  const { staffId } = request.params as { staffId: string };
  return { merchantId: merchantCallerOf(request).merchantId, staffId, by: changeOriginOf(request) };
}
