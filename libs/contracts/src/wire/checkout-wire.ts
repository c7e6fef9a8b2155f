import { LIMITS } from '@holdfast/kernel';
import { z } from 'zod';
import type { CheckoutClient } from '../checkout-client.port';
import type {
  BankChallenge,
  Order,
  OrderPayment,
  PlaceOrder,
  PlaceOrderOutcome,
  WebhookDelivery,
  WebhookOutcome,
} from '../order';
import { exactly, type WireTable } from './wire-table';
import { anyId, busy, cursor, holdLine, money, pageLimit, pageOf, word } from './wire-values';

const placeOrder = exactly<PlaceOrder>()(
  z.object({
    customerId: anyId,
    address: z.string().max(64).nullish(),
    key: z.string().min(1).max(LIMITS.idempotencyKeyLengthMax),
    bodyHash: z.string().min(1).max(128),
    holdId: anyId,
    payment: z.object({ method: z.literal('card'), token: z.string().min(1).max(255) }),
    email: z.string().max(LIMITS.emailLengthMax),
  }),
);

const orderPayment = exactly<OrderPayment>()(
  z.object({
    provider: z.string(),
    reference: z.string().nullable(),
    state: z.enum(['pending', 'requires-action', 'authorized', 'captured', 'declined', 'voided', 'refunded']),
    nextAction: z.object({ type: z.literal('redirect'), url: z.string() }).optional(),
  }),
);

const order = exactly<Order>()(
  z.object({
    id: z.string(),
    holdId: z.string(),
    dropId: z.string(),
    state: z.enum(['pending', 'paid', 'failed', 'cancelled', 'refunding', 'refunded']),
    lines: z.array(holdLine),
    total: money,
    payment: orderPayment,
    reason: z.string().optional(),
    createdAt: z.string(),
  }),
);

const placeOrderOutcome = exactly<PlaceOrderOutcome>()(
  z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('answered'),
      status: z.literal([201, 202]),
      orderId: z.string(),
      body: z.string(),
      replayed: z.boolean(),
    }),
    z.object({ kind: z.literal('declined'), orderId: z.string() }),
    word('unknown-token'),
    word('token-refused'),
    word('key-reused'),
    word('hold-not-found'),
    word('hold-expired'),
    word('hold-not-active'),
    word('in-progress'),
    busy,
  ]),
);

// A signature is over the exact bytes, which JSON cannot carry: they travel as base64.
const rawBody = z
  .base64()
  .max(Math.ceil(LIMITS.bodyBytesMax / 3) * 4)
  .transform((text): Buffer => Buffer.from(text, 'base64'));

const webhookDelivery = exactly<WebhookDelivery>()(
  z.object({ provider: anyId, rawBody, headers: z.record(z.string(), z.string().optional()) }),
);

const webhookOutcome = exactly<WebhookOutcome>()(
  z.discriminatedUnion('kind', [
    word('accepted'),
    word('unknown-provider'),
    word('bad-signature'),
    word('malformed'),
  ]),
);

const bankChallenge = exactly<BankChallenge>()(
  z.object({
    reference: z.string(),
    amount: money,
    state: z.enum(['open', 'approved', 'denied', 'over']),
    returnPath: z.string(),
  }),
);

/** What `receiveWebhook` sends: the delivery with its bytes as text. */
export type WebhookOnTheWire = Omit<WebhookDelivery, 'rawBody'> & { rawBody: string };

export function webhookToWire(delivery: WebhookDelivery): WebhookOnTheWire {
  return { ...delivery, rawBody: delivery.rawBody.toString('base64') };
}

const ownOrder = z.object({ orderId: anyId, customerId: anyId });
const ownOrders = z.object({ customerId: anyId, cursor: cursor.optional(), limit: pageLimit });

/** Every call to checkout as it travels between the services. */
export const CHECKOUT_WIRE: WireTable<CheckoutClient> = {
  placeOrder: { input: [placeOrder], answer: placeOrderOutcome },
  getOrder: { input: [ownOrder], answer: order.nullable() },
  listOrders: { input: [ownOrders], answer: pageOf(order) },
  receiveWebhook: { input: [webhookDelivery], answer: webhookOutcome },
  getBankChallenge: { input: [anyId], answer: bankChallenge.nullable() },
  answerBankChallenge: { input: [anyId, z.enum(['approve', 'deny'])], answer: bankChallenge.nullable() },
};
