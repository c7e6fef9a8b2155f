import type { FastifyReply, FastifyRequest } from 'fastify';
import { REHEARSAL_PASS } from '@holdfast/contracts';
import type { AllowedOrigins } from '../access/allowed-origins';

/** What shoppers call. Sign-in, the admin API and webhooks are not opened to other origins. */
const SHOPPER_API = /^\/v1\/(drops|holds|orders|sessions)(?=[/?]|$)/;

const READABLE =
  'ETag, Idempotent-Replayed, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id';
const SENDABLE =
  'Accept, Authorization, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID, Traceparent, X-Request-Id';
const PREFLIGHT_SECONDS = 600; // Chromium's limit is two hours; an origin that was taken out is refused sooner

/** Lets pages of the merchants' origins read the answers (CORS). Without credentials: a browser neither sends nor keeps cookies of ours then. */
export function allowOrigin(request: FastifyRequest, reply: FastifyReply, origins: AllowedOrigins): void {
  if (origins.size === 0 || !SHOPPER_API.test(request.url)) return;
  // No page of a merchant rehearses: a browser could not send the header from another origin anyhow.
  if (request.headers[REHEARSAL_PASS.header] !== undefined) return;
  // Also without an origin: a cache must not give that answer to a page of another one.
  reply.header('vary', 'Origin');
  const { origin } = request.headers;
  if (origin === undefined || !origins.has(origin)) return;
  reply.header('access-control-allow-origin', origin).header('access-control-expose-headers', READABLE);
}

/** Answers the question that a browser asks before it sends a request (`OPTIONS`), where the origin is allowed. */
export function answerPreflight(request: FastifyRequest, reply: FastifyReply, methods: string): void {
  if (!reply.hasHeader('access-control-allow-origin')) return;
  if (request.headers['access-control-request-method'] === undefined) return;
  reply
    .header('access-control-allow-methods', methods)
    .header('access-control-allow-headers', SENDABLE)
    .header('access-control-max-age', PREFLIGHT_SECONDS);
}
