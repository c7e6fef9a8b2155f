import { LIMITS } from '@holdfast/kernel';
import { z } from 'zod';
import { busySchema, holdLineSchema } from './hold';
import { anyId, bodyHash, fingerprintFromWire, id, moneySchema, time, words } from './values';

const orderPaymentSchema = z.object({
  provider: z
    .string()
    .describe(
      '`none` if the total is 0: such an order is paid without a provider; its payment is `captured` and has no reference.',
    ),
  reference: z.string().nullable(),
  state: z.enum(['pending', 'requires-action', 'authorized', 'captured', 'declined', 'voided', 'refunded']),
  /** The shopper's next action for a payment that requires one. */
  nextAction: z.object({ type: z.literal('redirect'), url: z.string() }).optional(),
});
export type OrderPayment = z.infer<typeof orderPaymentSchema>;

/** An order as clients see it: `Order` of the public contract. */
export const orderSchema = z
  .object({
    id,
    holdId: id,
    dropId: id,
    state: z.enum(['pending', 'paid', 'failed', 'cancelled', 'refunding', 'refunded']),
    lines: z.array(holdLineSchema),
    total: moneySchema,
    payment: orderPaymentSchema,
    /**
     * Code of the reason why it is not paid, such as `payment-declined`, `payment-timed-out`,
     * `payment-voided`, `units-gone`.
     */
    reason: z.string().optional(),
    createdAt: time,
  })
  .meta({ id: 'Order' });
export type Order = z.infer<typeof orderSchema>;
export type OrderState = Order['state'];

export const placeOrderSchema = z
  .object({
    customerId: anyId,
    /** Key for fair queueing between client addresses; null or missing: the customer is the key. */
    address: z.string().max(64).nullish(),
    key: z.string().min(1).max(LIMITS.idempotencyKeyLengthMax),
    bodyHash,
    holdId: anyId,
    payment: z.object({ method: z.literal('card'), token: z.string().min(1).max(255) }),
    email: z.string().max(LIMITS.emailLengthMax),
  })
  .transform(fingerprintFromWire);
export type PlaceOrder = z.infer<typeof placeOrderSchema>;

export const placeOrderOutcomeSchema = z.discriminatedUnion('kind', [
  /**
   * `body` is the stored JSON text: a replay answers the same bytes. 201 settled at once, 202 still pending.
   */
  z.object({
    kind: z.literal('answered'),
    status: z.literal([201, 202]),
    orderId: z.string(),
    body: z.string(),
    replayed: z.boolean(),
  }),
  z.object({ kind: z.literal('declined'), orderId: z.string() }),
  // A sandbox token that does not exist; or one that is slow or loses answers, where these are not allowed.
  words('unknown-token', 'token-refused'),
  words('key-reused', 'hold-not-found', 'hold-expired', 'hold-not-active', 'in-progress'),
  busySchema,
]);
export type PlaceOrderOutcome = z.infer<typeof placeOrderOutcomeSchema>;

// A signature is over the exact bytes, which JSON cannot carry: they travel as base64.
const rawBody = z
  .base64()
  .max(Math.ceil(LIMITS.bodyBytesMax / 3) * 4)
  .transform((text): Buffer => Buffer.from(text, 'base64'));

export const webhookDeliverySchema = z.object({
  provider: anyId,
  rawBody,
  headers: z.record(z.string(), z.string().optional()),
});
export type WebhookDelivery = z.infer<typeof webhookDeliverySchema>;

export const webhookOutcomeSchema = words('accepted', 'unknown-provider', 'bad-signature', 'malformed');
export type WebhookOutcome = z.infer<typeof webhookOutcomeSchema>;

/** The sandbox's bank page (`tok_3ds`): what the shopper has to confirm. */
export const bankChallengeSchema = z.object({
  reference: z.string(),
  amount: moneySchema,
  state: z.enum(['open', 'approved', 'denied', 'over']),
  /** Path on the shop's origin to which the shopper returns. */
  returnPath: z.string(),
});
export type BankChallenge = z.infer<typeof bankChallengeSchema>;
