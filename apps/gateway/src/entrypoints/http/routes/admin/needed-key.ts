import type { FastifyRequest } from 'fastify';
import type { RequestKey } from '@holdfast/contracts';
import type { Parsed } from '../../server/body';
import { requestKeyOf } from './request-key';

/** The Idempotency-Key of a request that has to have one. */
export function neededKeyOf(request: FastifyRequest): Parsed<RequestKey> {
  const key = requestKeyOf(request);
  if (key.kind === 'refused') return key;
  if (key.value === null) return { kind: 'refused', problem: { code: 'idempotency-key-required' } };
  return { kind: 'parsed', value: key.value };
}
