import { isIP } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AppConfig } from '@holdfast/config';
import type { SecurityEvents } from '@holdfast/observability';
import { isLoopbackPeer } from '@holdfast/process';
import type { AllowedOrigins } from '../access/allowed-origins';
import { timesOf } from '../access/bearer';
import type { Allowances } from '../limits/allowances';
import { type Problem, ProblemError, sendProblem } from '../problems/problem';
import type { Pipeline } from './connections/pipeline';
import { allowOrigin } from './cross-origin';
import { isOverTls } from './public-origin';

const URI_MAX = 8 * 1024;
// A year. Without subdomains: they are not ours to speak for.
const STRICT_TRANSPORT = 'max-age=31536000';

export interface EarlyChecksParts {
  pipeline: Pipeline;
  allowances: Allowances;
  origins: AllowedOrigins;
  events: SecurityEvents;
  config: AppConfig;
}

type Done = (error?: Error) => void;

/** Runs first for each request: sets the headers of every answer and checks what the HTTP parser does not (address length, Host). */
export class EarlyChecks {
  private hasToldOfProxy = false;

  constructor(private readonly parts: EarlyChecksParts) {}

  readonly onRequest = (request: FastifyRequest, reply: FastifyReply, done: Done): void => {
    if (!this.parts.pipeline.admit(request.raw, reply.raw)) {
      reply.hijack();
      return;
    }
    this.head(request, reply);
    const problem = wrongWith(request);
    if (problem) this.count(request, reply, () => void sendProblem(request, reply, problem));
    // No route, so no guard: it is counted here.
    else if (request.is404) this.count(request, reply, done);
    else done();
  };

  /** For files, which have a route and no guard. */
  readonly onFile = (request: FastifyRequest, reply: FastifyReply, done: Done): void =>
    this.count(request, reply, done);

  /** What has reached no guard of a route: an address that cannot be decoded, a body that is too large. */
  answer(request: FastifyRequest, reply: FastifyReply, send: () => void): void {
    this.head(request, reply);
    this.count(request, reply, send);
  }

  private head(request: FastifyRequest, reply: FastifyReply): void {
    reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
    const { config, origins } = this.parts;
    allowOrigin(request, reply, origins);
    if (isOverTls(request, config)) reply.header('strict-transport-security', STRICT_TRANSPORT);
    if (config.proxyHops === 0 && !this.hasToldOfProxy && request.headers['x-forwarded-for'] !== undefined)
      this.tellOfProxy(request);
  }

  /** Takes one of the reads of the address, and goes on when there is one. */
  private count(request: FastifyRequest, reply: FastifyReply, next: () => void): void {
    try {
      const spent = this.parts.allowances.spend('reads', request, reply);
      if (spent === true) next();
      else
        spent.then(next, (error: unknown) => {
          refuse(request, reply, error);
        });
    } catch (error) {
      refuse(request, reply, error);
    }
  }

  /** Once: everybody can send the header, and only the first time is news. */
  private tellOfProxy(request: FastifyRequest): void {
    // From a stranger's address it is the stranger's own invention.
    if (!isLoopbackPeer(request.raw.socket.remoteAddress) && !isPrivate(request.raw.socket.remoteAddress))
      return;
    this.hasToldOfProxy = true;
    this.parts.events.report('unexpected-proxy', {
      address: request.raw.socket.remoteAddress ?? '',
      detail:
        'X-Forwarded-For is ignored, so all clients behind this proxy share one rate limit: set HOLDFAST_PROXY_HOPS',
    });
  }
}

function refuse(request: FastifyRequest, reply: FastifyReply, error: unknown): void {
  const problem = error instanceof ProblemError ? error.problem : ({ code: 'internal-error' } as const);
  sendProblem(request, reply, problem);
}

function wrongWith({ raw }: FastifyRequest): Problem | undefined {
  if (raw.url!.length > URI_MAX) return { code: 'uri-too-long' };
  // Two names could lead a proxy to one shop and us to another (RFC 9112, section 3.2).
  const hosts = timesOf(raw.rawHeaders, 'host');
  if (hosts > 1) return { code: 'invalid-request', detail: 'The request must have exactly one Host header.' };
  if (hosts === 0 && raw.httpVersionMinor > 0)
    return { code: 'invalid-request', detail: 'The Host header is missing.' };
  return undefined;
}

/** An address of a network of one's own (RFC 1918, RFC 4193), where one's proxies are. */
function isPrivate(address: string | undefined): boolean {
  const plain = (address ?? '').replace(/^::ffff:/, '');
  if (isIP(plain) === 6) return /^f[cd]/i.test(plain);
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(plain);
}
