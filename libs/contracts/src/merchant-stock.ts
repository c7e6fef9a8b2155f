import { LIMITS } from '@holdfast/kernel';
import { z } from 'zod';
import { busySchema, holdSchema } from './hold';
import { actorSchema, merchantCommandSchema, requestKeySchema } from './merchant-command';
import { anyId, cursor, id, pageLimit, time, words } from './values';

/** What of a merchant's is meant. Another merchant's is answered as unknown. */
export const ofMerchantSchema = z.object({ merchantId: anyId, dropId: anyId });
export type OfMerchant = z.infer<typeof ofMerchantSchema>;

const count = z.int().min(0);

/** A change of a SKU's total, as staff see it. */
export const stockAdjustmentSchema = z
  .object({
    id,
    sku: z.string(),
    delta: z.int().describe('Units added; negative: removed.'),
    reason: z.string(),
    actor: actorSchema,
    createdAt: time,
    stock: z
      .object({
        available: count,
        held: count,
        sold: count,
        total: count,
        version: count,
        asOf: time,
        stale: z.boolean(),
      })
      .nullable()
      .describe('The counts just after it; `null` if they were not recorded.'),
  })
  .meta({ id: 'StockAdjustment' });
export type StockAdjustment = z.infer<typeof stockAdjustmentSchema>;

/** The id of the movement is derived from the request's key: a repeated request is the same movement. */
export const adjustStockSchema = merchantCommandSchema.extend({
  dropId: anyId,
  sku: z.string().min(1).max(LIMITS.skuLengthMax),
  delta: z.int(),
  reason: z.string().min(1).max(LIMITS.reasonLengthMax),
  request: requestKeySchema,
});
export type AdjustStock = z.infer<typeof adjustStockSchema>;

export const adjustStockOutcomeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('adjusted'), adjustment: stockAdjustmentSchema, replayed: z.boolean() }),
  /** `too-many-units`: more of the SKU than a drop can have. `below-committed`: less than held and sold. */
  words('not-found', 'key-reused', 'unknown-sku', 'too-many-units', 'drop-closed', 'below-committed'),
  busySchema,
]);
export type AdjustStockOutcome = z.infer<typeof adjustStockOutcomeSchema>;

const page = { cursor: cursor.optional(), limit: pageLimit };

export const listAdjustmentsSchema = ofMerchantSchema.extend(page);
export type ListAdjustments = z.infer<typeof listAdjustmentsSchema>;

export const HOLD_STATES = holdSchema.shape.state.options;

export const listDropHoldsSchema = ofMerchantSchema.extend({
  state: holdSchema.shape.state.optional(),
  customerId: anyId.optional(),
  ...page,
});
export type ListDropHolds = z.infer<typeof listDropHoldsSchema>;

export const releaseByMerchantSchema = merchantCommandSchema.extend({
  holdId: anyId,
  reason: z.string().min(1).max(LIMITS.reasonLengthMax),
});
export type ReleaseByMerchant = z.infer<typeof releaseByMerchantSchema>;

export const releaseByMerchantOutcomeSchema = z.discriminatedUnion('kind', [
  /** Now, or it had ended by release or expiry. */
  z.object({ kind: z.literal('released'), hold: holdSchema, replayed: z.boolean() }),
  words('key-reused'),
  words('not-found', 'confirmed', 'payment-in-flight'),
  busySchema,
]);
export type ReleaseByMerchantOutcome = z.infer<typeof releaseByMerchantOutcomeSchema>;
