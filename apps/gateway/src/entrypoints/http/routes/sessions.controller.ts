import { Controller, Delete, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppConfig } from '@holdfast/config';
import { SecurityEvents } from '@holdfast/observability';
import { SessionFamilies } from '../../../application/ports/session-families.port';
import { KnownGuests } from '../access/known-guests';
import { noSessionCookie, readSessionCookie, sessionCookie } from '../access/session-cookie';
import { ACCESS, Tokens } from '../access/tokens';
import { clientAddress } from '../limits/address-key';
import { Limited } from '../limits/limit-policies';
import { sendProblem } from '../problems/problem';
import { sessionInput } from '../schemas/inputs';
import { parseJson } from '../server/body';
import { sendJson } from './send';

/** Who the session is of, and the refresh token that it goes on with. */
interface Opened {
  customerId: string;
  refreshToken: string;
}

/**
 * Guest sessions. Each use of the cookie replaces its refresh token; one that was replaced more than ten seconds ago ends the session, because
 * two have it. A cookie that is not ours, over or ended is no fault: who brings it becomes a new guest.
 */
@Controller('v1/sessions')
export class SessionsController {
  constructor(
    private readonly tokens: Tokens,
    private readonly guests: KnownGuests,
    private readonly families: SessionFamilies,
    private readonly config: AppConfig,
    private readonly events: SecurityEvents,
  ) {}

  @Post()
  @Limited('sessions')
  async open(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const body = parseJson(request, sessionInput, {});
    if (body.kind === 'refused') {
      sendProblem(request, reply, body.problem);
      return;
    }
    const { customerId, refreshToken } = (await this.goOn(request)) ?? this.begin();
    reply.header('set-cookie', sessionCookie(refreshToken, request, this.config));
    const accessToken = this.tokens.access(customerId);
    this.guests.signed(accessToken, customerId);
    sendJson(
      reply,
      JSON.stringify({ accessToken, tokenType: 'Bearer', expiresIn: ACCESS.seconds, customerId }),
      201,
    );
  }

  /** Ends the session of the cookie. An access token that was given out lives its 15 minutes. */
  @Delete()
  async end(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const claims = this.claimsOf(request);
    if (claims) await this.families.end(claims.family);
    void reply
      .code(204)
      .header('cache-control', 'no-store')
      .header('set-cookie', noSessionCookie(request, this.config))
      .send();
  }

  private begin(): Opened {
    const customerId = this.tokens.newCustomerId();
    return { customerId, refreshToken: this.tokens.firstRefresh(customerId) };
  }

  /** The customer who was here before. */
  private async goOn(request: FastifyRequest): Promise<Opened | undefined> {
    const claims = this.claimsOf(request);
    if (!claims) return undefined;
    const { customerId, family, generation } = claims;
    const rotation = await this.families.rotate(family, generation);
    if (rotation.kind === 'reused')
      this.events.report('refresh-token-reused', { address: clientAddress(request), detail: customerId });
    if (rotation.kind !== 'successor') return undefined;
    const next = { customerId, family, generation: rotation.generation };
    return { customerId, refreshToken: this.tokens.refresh(next, rotation.atMs) };
  }

  private claimsOf(request: FastifyRequest) {
    const token = readSessionCookie(request, this.config);
    return token === undefined ? undefined : this.tokens.readRefresh(token);
  }
}
