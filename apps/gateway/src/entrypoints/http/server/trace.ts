import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';

const TRACEPARENT = /^[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}/; // W3C Trace Context, section 3.2
const REQUEST_ID = /^[\x21-\x7e]{1,128}$/;

/** Unique without asking the kernel for randomness at each request: a random half for the process and a count. */
const processHalf = randomBytes(8).toString('hex');
let made = 0;

function freshId(): string {
  made += 1;
  return processHalf + made.toString(16).padStart(16, '0');
}

/** The caller's X-Request-Id if it is 1–128 visible characters, else one of ours. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : freshId();
}

/** The trace that the request belongs to: from `traceparent`, else made. Asked only where something is said about the request. */
export function traceIdOf(request: FastifyRequest): string {
  if (!request.traceId) {
    const given = request.headers['traceparent'];
    request.traceId = (typeof given === 'string' && TRACEPARENT.exec(given)?.[1]) || freshId();
  }
  return request.traceId;
}
