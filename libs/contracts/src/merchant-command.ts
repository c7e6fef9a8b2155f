import { LIMITS } from '@holdfast/kernel';
import { z } from 'zod';
import type { ChangeOrigin } from './accounts';
import { anyId, bodyHash } from './values';

/** The Idempotency-Key of a merchant's request. */
export interface RequestKey {
  /** Hash of caller, route and key, so that a key means the same request only for the same caller. */
  key: string;
  fingerprint: string;
}

/** What every change of a merchant's things carries. */
export interface MerchantCommand {
  merchantId: string;
  by: ChangeOrigin;
  /** Null: the request had no key, and is carried out each time. */
  request: RequestKey | null;
}

const originShape = { requestId: z.string().max(200).nullable(), address: z.string().max(200).nullable() };

export const requestOriginSchema = z.object(originShape);

export const actorSchema = z.object({
  kind: z.enum(['staff', 'api-key', 'operator', 'system']),
  id: anyId,
  label: z.string().max(LIMITS.nameLengthMax),
});

export const changeOriginSchema = z.object({ ...originShape, actor: actorSchema });

export const requestKeySchema = z.object({ key: z.string().regex(/^[0-9a-f]{64}$/), fingerprint: bodyHash });

/** To be extended by each command. */
export const merchantCommandSchema = z.object({
  merchantId: anyId,
  by: changeOriginSchema,
  request: requestKeySchema.nullable(),
});
