import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppConfig } from '@holdfast/config';
import { type LinkOutcome, type LoginOutcome, type SignedIn, SignIn } from '@holdfast/contracts';
import { Clock } from '@holdfast/kernel';
import { SecurityEvents } from '@holdfast/observability';
import { bearerTokenOf } from '../../access/bearer';
import { MerchantAccess } from '../../access/merchant-access';
import { callerOf, originOf } from '../../access/request';
import { isSameOrigin, noStaffCookie, readStaffCookie } from '../../access/staff-cookie';
import { clientAddress } from '../../limits/address-key';
import { Allowances } from '../../limits/allowances';
import { Limited } from '../../limits/limit-policies';
import { type Problem, sendProblem } from '../../problems/problem';
import { linkInput, loginInput } from '../../schemas/accounts-inputs';
import { parseJson } from '../../server/body';
import { SESSION_ENDED, sendSignedIn, signInRefusal, weakPassword } from './sign-in-answers';

const WRONG_ORIGIN: Problem = {
  code: 'forbidden',
  detail: 'This needs an Origin header of the address that it is sent to.',
};
const INVALID_LINK: Problem = {
  code: 'invalid-credentials',
  detail: 'This link has been used, has expired or was replaced by a newer one. Ask for a new link.',
};

/** Signing staff in and out. The session goes on by the refresh token in the cookie, which each use replaces. */
@Controller('v1/auth')
export class SignInController {
  constructor(
    private readonly signIn: SignIn,
    private readonly access: MerchantAccess,
    private readonly allowances: Allowances,
    private readonly clock: Clock,
    private readonly config: AppConfig,
    private readonly events: SecurityEvents,
  ) {}

  @Post('login')
  @Limited('own')
  async login(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const body = parseJson(request, loginInput);
    if (body.kind === 'refused') {
      await this.allowances.spend('reads', request, reply);
      return void sendProblem(request, reply, body.problem);
    }
    // Only what can be a login: nobody spends what all share with empty requests.
    await this.allowances.spend('logins', request, reply);
    this.answer(request, reply, await this.signIn.login(body.value));
  }

  @Post('link')
  @Limited('links')
  async useLink(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const body = parseJson(request, linkInput);
    if (body.kind === 'refused') return void sendProblem(request, reply, body.problem);
    this.answer(request, reply, await this.signIn.useLink({ ...body.value, from: originOf(request) }));
  }

  @Post('refresh')
  async refresh(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    if (!isSameOrigin(request, this.config)) {
      this.events.report('foreign-origin', { address: clientAddress(request) });
      return void sendProblem(request, reply, WRONG_ORIGIN);
    }
    const token = readStaffCookie(request, this.config);
    const outcome = token === undefined ? null : await this.signIn.refresh(token);
    if (outcome?.kind === 'signed-in') return this.send(request, reply, outcome.session);
    if (outcome?.kind === 'token-reused')
      this.events.report('refresh-token-reused', { address: clientAddress(request) });
    reply.header('set-cookie', noStaffCookie(request, this.config));
    sendProblem(request, reply, SESSION_ENDED);
  }

  /** Ends the session of the cookie and that of the access token. Repeating the request changes nothing. */
  @Post('logout')
  @HttpCode(204)
  async logout(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const token = readStaffCookie(request, this.config);
    if (token !== undefined) await this.signIn.logout(token);
    const bearer = bearerTokenOf(request.raw);
    const caller = bearer === undefined ? null : await this.access.principalOf(bearer);
    if (caller?.kind === 'staff') await this.signIn.endSession(callerOf(caller));
    reply.header('cache-control', 'no-store').header('set-cookie', noStaffCookie(request, this.config));
    void reply.code(204).send();
  }

  private answer(request: FastifyRequest, reply: FastifyReply, outcome: LoginOutcome | LinkOutcome): void {
    switch (outcome.kind) {
      case 'signed-in':
        return this.send(request, reply, outcome.session);
      case 'weak-password':
        return void sendProblem(request, reply, weakPassword('/password', outcome.why));
      default:
        this.events.report('sign-in-refused', { address: clientAddress(request), detail: outcome.kind });
        sendProblem(request, reply, outcome.kind === 'invalid-link' ? INVALID_LINK : signInRefusal(outcome));
    }
  }

  private send(request: FastifyRequest, reply: FastifyReply, session: SignedIn): void {
    sendSignedIn(request, reply, session, { config: this.config, nowMs: this.clock.now() });
  }
}
