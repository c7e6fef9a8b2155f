import type { FastifyRequest } from 'fastify';
import { parseIdempotencyKey } from '../../../domain/idempotency-key';
import type { Parsed } from '../server/body';

/** The request's Idempotency-Key, or the refusal of a missing or malformed one. */
export function idempotencyKeyOf(request: FastifyRequest): Parsed<string> {
  const header = request.headers['idempotency-key'];
  if (header === undefined) return { kind: 'refused', problem: { code: 'idempotency-key-required' } };
  const key = typeof header === 'string' ? parseIdempotencyKey(header) : undefined;
  if (key !== undefined) return { kind: 'parsed', value: key };
  const detail = 'The header Idempotency-Key must be 1 to 255 visible characters, bare or quoted.';
  return { kind: 'refused', problem: { code: 'invalid-request', detail } };
}
