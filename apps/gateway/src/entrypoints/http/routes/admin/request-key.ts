import { createHash, randomBytes } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { MerchantCommand, RequestKey } from '@holdfast/contracts';
import { fingerprintOf } from '@holdfast/kernel';
import { changeOriginOf, merchantCallerOf } from '../../access/request';
import { type Parsed, rawBody } from '../../server/body';
import { idempotencyKeyOf } from '../idempotency-key';

/** The Idempotency-Key of a request of a merchant, within its caller and route; null when there is none. */
export function requestKeyOf(request: FastifyRequest): Parsed<RequestKey | null> {
  if (request.headers['idempotency-key'] === undefined) return { kind: 'parsed', value: null };
  const key = idempotencyKeyOf(request);
  if (key.kind === 'refused') return key;
  const caller = merchantCallerOf(request);
  const who = caller.kind === 'staff' ? caller.staffId : caller.keyId;
  const scope = [caller.merchantId, who, request.method, request.url, key.value];
  const hash = createHash('sha256').update(JSON.stringify(scope)).digest('hex');
  return { kind: 'parsed', value: { key: hash, fingerprint: fingerprintOf(rawBody(request)) } };
}

/**
 * What every command of this request carries. A request without a key gets one of its own: the command may reach the service twice when a
 * connection is lost, and has to be carried out once all the same.
 */
export function commandOf(request: FastifyRequest, key: RequestKey | null): MerchantCommand {
  const once = key ?? { key: randomBytes(32).toString('hex'), fingerprint: 'none' };
  return { merchantId: merchantCallerOf(request).merchantId, by: changeOriginOf(request), request: once };
}
