import type { Order, OrderState } from '@holdfast/contracts';
import { type OrderRecord, STATE_OF } from './order';

// A payment may be given up and come through after all; then there is nothing to explain.
const TELLS_WHY: ReadonlySet<OrderState> = new Set(['failed', 'refunding', 'refunded']);

/** The order as clients see it. The only place that makes one, so that the answer to a POST and to a GET cannot differ in shape. */
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
