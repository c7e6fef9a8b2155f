import type { FastifyRequest } from 'fastify';
import { LIMITS } from '@holdfast/kernel';
import type { Parsed } from '../server/body';

const VISIBLE = /^[\x21-\x7e]+$/;
const QUOTED = /^"((?:[^"\\]|\\["\\])*)"$/; // a string of RFC 9651, in which only the quote and the backslash are escaped

/** The request's Idempotency-Key, or the refusal of a missing or malformed one. */
export function idempotencyKeyOf(request: FastifyRequest): Parsed<string> {
  const header = request.headers['idempotency-key'];
  if (header === undefined) return { kind: 'refused', problem: { code: 'idempotency-key-required' } };
  const key = typeof header === 'string' ? parseIdempotencyKey(header) : undefined;
  if (key !== undefined) return { kind: 'parsed', value: key };
  const detail = 'The header Idempotency-Key must be 1 to 255 visible characters, bare or quoted.';
  return { kind: 'refused', problem: { code: 'invalid-request', detail } };
}

/**
 * Reads an Idempotency-Key header, bare (`abc`) or quoted (`"abc"`, the form of the IETF draft): both are the key `abc`. Undefined when it is
 * malformed: empty, longer than 255, or with anything but visible ASCII characters.
 */
export function parseIdempotencyKey(header: string): string | undefined {
  let key: string | undefined = header;
  if (header.startsWith('"')) key = QUOTED.exec(header)?.[1]?.replace(/\\(["\\])/g, '$1');
  if (key === undefined || key.length > LIMITS.idempotencyKeyLengthMax) return undefined;
  return VISIBLE.test(key) ? key : undefined;
}
