import type { Order, OrderState, StaffOrder } from '@holdfast/contracts';
import { type OrderRecord, STATE_OF } from './order';

// A payment may be given up and succeed after all; then there is no reason to show.
const TELLS_WHY: ReadonlySet<OrderState> = new Set(['failed', 'refunding', 'refunded']);

/** The order as clients see it. The only place that renders it, so that POST and GET cannot differ in shape. */
export function toOrder(record: OrderRecord): Order {
  const { paymentState, nextActionUrl } = record;
  const state = STATE_OF[record.step];
  return {
    id: record.orderId,
    holdId: record.holdId,
    dropId: record.dropId,
    state,
    lines: record.lines.map(({ sku, quantity, price }) => ({
      sku,
      quantity,
      price: { amountMinor: price.amountMinor, currency: price.currency },
    })),
    total: { amountMinor: record.totalMinor, currency: record.currency },
    payment: {
      provider: record.provider,
      reference: record.reference,
      state: paymentState,
      ...(paymentState === 'requires-action' && nextActionUrl
        ? { nextAction: { type: 'redirect' as const, url: nextActionUrl } }
        : {}),
    },
    ...(record.reason && TELLS_WHY.has(state) ? { reason: record.reason } : {}),
    createdAt: record.createdAt,
  };
}

/** The order as staff see it. */
export function toStaffOrder(record: OrderRecord): StaffOrder {
  return { ...toOrder(record), email: record.email, customerId: record.customerId };
}
