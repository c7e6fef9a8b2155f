import { z } from 'zod';
import { orderPointSchema, orderStatsSchema, seriesQuerySchema } from '../figures';
import { listMerchantOrdersSchema, merchantOrderRefSchema, staffOrderSchema } from '../merchant-orders';
import {
  bankChallengeSchema,
  orderSchema,
  placeOrderOutcomeSchema,
  placeOrderSchema,
  webhookDeliverySchema,
  webhookOutcomeSchema,
} from '../order';
import type { CheckoutCalls } from '../roles';
import { anyId, cursor, fingerprintToWire, pageLimit, pageOf } from '../values';
import { ORDER_TIMELINE_WIRE } from './timeline-wire';
import type { WireTable } from './wire-table';

/**
 * Placing an order may queue for 8 s in checkout, wait 3 s for inventory to return the hold, and 2 s for the
 * payment. With a shorter deadline, shoppers would get a 503 although their payment is about to start.
 */
const PLACE_ORDER_DEADLINE_MS = 13_000;

const ownOrder = z.object({ orderId: anyId, customerId: anyId });
const ownOrders = z.object({ customerId: anyId, cursor: cursor.optional(), limit: pageLimit });

/**
 * Every call to checkout as it travels between the services. Checkout has no state for a drop in memory,
 * so the orders of one drop are spread over all instances; those for one hold go to the same instance.
 */
export const CHECKOUT_WIRE: WireTable<CheckoutCalls> = {
  placeOrder: {
    input: [placeOrderSchema],
    answer: placeOrderOutcomeSchema,
    home: ({ holdId }) => holdId,
    pack: (command) => [fingerprintToWire(command)],
    deadlineMs: PLACE_ORDER_DEADLINE_MS,
  },
  getOrder: { input: [ownOrder], answer: orderSchema.nullable(), home: ({ orderId }) => orderId },
  listOrders: { input: [ownOrders], answer: pageOf(orderSchema) },
  orderStats: { input: [z.object({ merchantId: anyId, dropId: anyId })], answer: orderStatsSchema },
  orderSeries: { input: [seriesQuerySchema], answer: z.array(orderPointSchema) },
  listMerchantOrders: { input: [listMerchantOrdersSchema], answer: pageOf(staffOrderSchema) },
  getMerchantOrder: {
    input: [merchantOrderRefSchema],
    answer: staffOrderSchema.nullable(),
    home: ({ orderId }) => orderId,
  },
  ...ORDER_TIMELINE_WIRE,
  receiveWebhook: {
    input: [webhookDeliverySchema],
    answer: webhookOutcomeSchema,
    pack: (delivery) => [{ ...delivery, rawBody: delivery.rawBody.toString('base64') }],
    alone: true, // a body may have 64 KiB, and a frame with several would be too long
  },
  getBankChallenge: { input: [anyId], answer: bankChallengeSchema.nullable() },
  answerBankChallenge: {
    input: [anyId, z.enum(['approve', 'deny'])],
    answer: bankChallengeSchema.nullable(),
  },
};
