import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SignIn } from '@holdfast/contracts';
import { SecurityEvents } from '@holdfast/observability';
import { callerOf, originOf, personOf } from '../../access/request';
import { clientAddress } from '../../limits/address-key';
import { Limited } from '../../limits/limit-policies';
import { type Problem, sendProblem } from '../../problems/problem';
import {
  nothingInput,
  passwordInput,
  removeTotpInput,
  stepUpInput,
  totpCodeInput,
} from '../../schemas/accounts-inputs';
import { parseJson, refused } from '../../server/body';
import { renderPerson } from '../admin/render';
import { sendAnswer, sendJson } from '../send';
import { SESSION_ENDED, type SignInRefusal, signInRefusal, weakPassword } from './sign-in-answers';

const ENROLLED: Problem = {
  code: 'conflict',
  detail: 'A second factor is enrolled already. Remove it first.',
};
const NOT_ENROLLED: Problem = { code: 'conflict', detail: 'No second factor is enrolled.' };
const NOT_STARTED: Problem = {
  code: 'conflict',
  detail: 'No enrolment was started. Start one with POST /v1/auth/mfa/totp.',
};
const WRONG_CODE = refused([
  { pointer: '/code', message: 'is not the current code, or was used already' },
]).problem;

/** What a signed-in person does with their own account. */
@Controller('v1/auth')
export class OwnAccountController {
  constructor(
    private readonly signIn: SignIn,
    private readonly events: SecurityEvents,
  ) {}

  @Get('me')
  async me(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const person = await this.signIn.whoAmI(callerOf(personOf(request)));
    if (!person) return void sendProblem(request, reply, SESSION_ENDED);
    sendJson(reply, JSON.stringify({ ...renderPerson(person), scopes: personOf(request).scopes }));
  }

  @Post('password')
  @Limited('own-account')
  async changePassword(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const body = parseJson(request, passwordInput);
    if (body.kind === 'refused') return void sendProblem(request, reply, body.problem);
    const command = { ...body.value, caller: callerOf(personOf(request)), from: originOf(request) };
    const outcome = await this.signIn.changePassword(command);
    if (outcome.kind === 'changed') return sendAnswer(request, reply, { kind: 'empty', status: 204 });
    if (outcome.kind === 'weak-password')
      return void sendProblem(request, reply, weakPassword('/next', outcome.why));
    this.refuse(request, reply, outcome);
  }

  @Post('step-up')
  @Limited('own-account')
  async stepUp(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const body = parseJson(request, stepUpInput);
    if (body.kind === 'refused') return void sendProblem(request, reply, body.problem);
    const outcome = await this.signIn.stepUp({ ...body.value, caller: callerOf(personOf(request)) });
    if (outcome.kind !== 'stepped-up') return this.refuse(request, reply, outcome);
    const { accessToken, expiresInSeconds } = outcome;
    sendJson(reply, JSON.stringify({ accessToken, tokenType: 'Bearer', expiresIn: expiresInSeconds }));
  }

  @Post('mfa/totp')
  async startTotp(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const body = parseJson(request, nothingInput, {});
    if (body.kind === 'refused') return void sendProblem(request, reply, body.problem);
    const outcome = await this.signIn.startTotp(callerOf(personOf(request)));
    if (outcome.kind === 'already-enrolled') return void sendProblem(request, reply, ENROLLED);
    if (outcome.kind === 'session-ended') return void sendProblem(request, reply, SESSION_ENDED);
    const { secret, otpauthUrl } = outcome;
    sendJson(reply, JSON.stringify({ secret, otpauthUrl }));
  }

  @Post('mfa/totp/confirm')
  @Limited('own-account')
  async confirmTotp(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const body = parseJson(request, totpCodeInput);
    if (body.kind === 'refused') return void sendProblem(request, reply, body.problem);
    const command = { ...body.value, caller: callerOf(personOf(request)), from: originOf(request) };
    const outcome = await this.signIn.confirmTotp(command);
    switch (outcome.kind) {
      case 'confirmed':
        return sendJson(reply, JSON.stringify({ recoveryCodes: outcome.recoveryCodes }));
      case 'wrong-code':
        return void sendProblem(request, reply, WRONG_CODE);
      case 'not-started':
        return void sendProblem(request, reply, NOT_STARTED);
      case 'already-enrolled':
        return void sendProblem(request, reply, ENROLLED);
      default:
        this.refuse(request, reply, outcome);
    }
  }

  @Post('mfa/totp/remove')
  @Limited('own-account')
  async removeTotp(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const body = parseJson(request, removeTotpInput);
    if (body.kind === 'refused') return void sendProblem(request, reply, body.problem);
    const command = { ...body.value, caller: callerOf(personOf(request)), from: originOf(request) };
    const outcome = await this.signIn.removeTotp(command);
    if (outcome.kind === 'removed') return sendAnswer(request, reply, { kind: 'empty', status: 204 });
    if (outcome.kind === 'not-enrolled') return void sendProblem(request, reply, NOT_ENROLLED);
    this.refuse(request, reply, outcome);
  }

  private refuse(request: FastifyRequest, reply: FastifyReply, outcome: SignInRefusal): void {
    if (outcome.kind !== 'session-ended')
      this.events.report('sign-in-refused', { address: clientAddress(request), detail: outcome.kind });
    sendProblem(request, reply, signInRefusal(outcome));
  }
}
