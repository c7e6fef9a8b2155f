import { LIMITS } from '@holdfast/kernel';
import { z } from 'zod';
import { anyId, bodyHash, fingerprintFromWire, id, moneySchema, time, words } from './values';

export const holdLineSchema = z
  .object({
    sku: z.string(),
    quantity: z.int(),
    /** Price of one unit, fixed when the hold was placed. */
    price: moneySchema,
  })
  .meta({ id: 'Line' });
export type HoldLine = z.infer<typeof holdLineSchema>;

/** A hold as clients see it: `Hold` of the public contract. */
export const holdSchema = z
  .object({
    id,
    dropId: id,
    customerId: id,
    state: z.enum(['held', 'confirmed', 'released', 'expired']),
    lines: z.array(holdLineSchema),
    total: moneySchema,
    expiresAt: time,
    createdAt: time,
  })
  .meta({ id: 'Hold' });
export type Hold = z.infer<typeof holdSchema>;
export type HoldState = Hold['state'];

const networkId = z
  .int()
  .min(0)
  .max(2 ** 48 - 1);

/**
 * The network of a request to place a hold, for the budget of unpaid units: an IPv4 address, or an IPv6 /64
 * and its /48 (null for IPv4). Opaque integers of 48 bits that the gateways derive with a secret key, so that
 * no address is sent or stored.
 */
const networkSchema = z.object({ id: networkId, blockId: networkId.nullable() });
export type Network = z.infer<typeof networkSchema>;

export const placeHoldSchema = z
  .object({
    dropId: anyId,
    customerId: anyId,
    /** Idempotency-Key without quotes. */
    key: z.string().min(1).max(LIMITS.idempotencyKeyLengthMax),
    /** The fingerprint: SHA-256 of the raw request body, hex. Distinguishes a replay from a reused key. */
    bodyHash,
    lines: z
      .array(
        z.object({
          sku: z.string().min(1).max(LIMITS.skuLengthMax),
          quantity: z.int().min(1).max(LIMITS.quantityMax),
        }),
      )
      .min(1)
      .max(LIMITS.linesMax),
    /**
     * Null if no budget applies: limits are off, or the operator places the hold. Missing in requests of
     * older gateways: the same.
     */
    network: networkSchema.nullish(),
  })
  .transform(fingerprintFromWire);
export type PlaceHold = z.infer<typeof placeHoldSchema>;

export const holdRefSchema = z.object({
  holdId: anyId,
  /** Only the owner's hold is found. */
  customerId: anyId,
});
export type HoldRef = z.infer<typeof holdRefSchema>;

/** An order claims the hold for its payment. */
export const payForHoldSchema = holdRefSchema.extend({ orderId: anyId });
export type PayForHold = z.infer<typeof payForHoldSchema>;

/** The outcome is unknown; a retry with the same key returns it. */
export const busySchema = z.object({ kind: z.literal('busy'), retryAfterSeconds: z.number().min(0) });
export type Busy = z.infer<typeof busySchema>;

export const placeOutcomeSchema = z.discriminatedUnion('kind', [
  /**
   * `replayed`: the key has placed this hold before; `hold` is then as it was at that time, byte for byte.
   */
  z.object({ kind: z.literal('held'), hold: holdSchema, replayed: z.boolean() }),
  /** `drop-not-found`: unknown, or a draft. */
  words('key-reused', 'drop-not-found'),
  z.object({ kind: z.literal('unknown-sku'), lineIndexes: z.array(z.number()) }),
  z.object({
    kind: z.literal('refused'),
    reason: z.enum(['drop-not-open', 'drop-closed', 'limit-reached', 'sold-out']),
    /** For `sold-out`, the indexes of all lines without enough units. */
    shortLines: z.array(z.number()),
    /** For `limit-reached`, whose limit it is; default is the customer's. */
    limitOf: z.enum(['customer', 'network']).optional(),
  }),
  busySchema,
]);
export type PlaceOutcome = z.infer<typeof placeOutcomeSchema>;

/** `released`: now, or already released or expired. */
export const releaseOutcomeSchema = z.discriminatedUnion('kind', [
  words('released', 'not-found', 'confirmed', 'payment-in-flight'),
  busySchema,
]);
export type ReleaseOutcome = z.infer<typeof releaseOutcomeSchema>;

/**
 * Extend: while the order pays, nobody else can release or pay the hold, and its deadline is prolonged by the
 * payment window. Idempotent for the same order. `not-active`: released or confirmed. `payment-in-flight`:
 * another order has it.
 */
export const extendOutcomeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('extended'), hold: holdSchema }),
  words('not-found', 'expired', 'not-active', 'payment-in-flight'),
  busySchema,
]);
export type ExtendOutcome = z.infer<typeof extendOutcomeSchema>;

/** Confirm: held units become sold, in one conditional statement. Idempotent for the same order. */
export const confirmOutcomeSchema = z.discriminatedUnion('kind', [
  words('confirmed', 'not-found', 'expired', 'not-active'),
  busySchema,
]);
export type ConfirmOutcome = z.infer<typeof confirmOutcomeSchema>;

/**
 * The payment failed: `yielded` returns the hold to its customer with its original deadline; `release` makes
 * the units available.
 */
export const yieldOutcomeSchema = z.discriminatedUnion('kind', [
  words('yielded', 'not-found', 'not-active'),
  busySchema,
]);
export type YieldOutcome = z.infer<typeof yieldOutcomeSchema>;

/**
 * A payment arrived after the hold had ended: take the same units again, directly as sold, under an id
 * derived from the hold's and the order's. `short`: there are not enough units, or the customer's limit is
 * reached: the payment must be refunded.
 */
export const retakeOutcomeSchema = z.discriminatedUnion('kind', [
  words('confirmed', 'not-found', 'short'),
  busySchema,
]);
export type RetakeOutcome = z.infer<typeof retakeOutcomeSchema>;

/**
 * The units of a confirmed hold become available again, because its payment could not be captured (void
 * authorisation). Idempotent for the same order. `not-found`: the order has no confirmed hold.
 */
export const returnOutcomeSchema = z.discriminatedUnion('kind', [words('returned', 'not-found'), busySchema]);
export type ReturnOutcome = z.infer<typeof returnOutcomeSchema>;
