import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { KnownGuests } from '../access/known-guests';
import { Policy } from '../access/policy';
import { readSessionCookie, sessionCookie } from '../access/session-cookie';
import { ACCESS, Tokens } from '../access/tokens';
import { Limited } from '../limits/limit-policies';
import { sendProblem } from '../problems/problem';
import { sessionInput } from '../schemas/inputs';
import { parseJson } from '../server/body';
import { sendJson } from './send';

/**
 * Guest sessions. The refresh token is signed and kept nowhere: it is made anew at each use, but an older one stays good until it ends, so a
 * stolen one is not found out. A guest has nothing but their own holds and orders; accounts will get rotation with memory.
 */
@Controller('v1/sessions')
export class SessionsController {
  constructor(
    private readonly tokens: Tokens,
    private readonly guests: KnownGuests,
  ) {}

  @Post()
  @Policy('public')
  @Limited('sessions')
  open(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const body = parseJson(request, sessionInput, {});
    if (body.kind === 'refused') {
      sendProblem(request, reply, body.problem);
      return;
    }
    const customerId = this.returning(request) ?? this.tokens.newCustomerId();
    reply.header('set-cookie', sessionCookie(this.tokens.refresh(customerId)));
    const accessToken = this.tokens.access(customerId);
    this.guests.signed(accessToken, customerId);
    sendJson(
      reply,
      JSON.stringify({ accessToken, tokenType: 'Bearer', expiresIn: ACCESS.seconds, customerId }),
      201,
    );
  }

  /** The customer who was here before. A cookie that is not ours, or over, is no fault: they become a new guest. */
  private returning(request: FastifyRequest): string | undefined {
    const token = readSessionCookie(request.headers.cookie);
    return token && this.tokens.customerOfRefresh(token);
  }
}
