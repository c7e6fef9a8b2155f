import type { OrderRecord, Step } from './order';

/** A fact for other services, written to the outbox in the statement that makes it true. */
export interface OrderFact {
  type: 'order.paid.v1' | 'order.failed.v1' | 'order.refunded.v1';
  payload: Record<string, unknown>;
}

/** The fact that an order's arrival at a step publishes; null when none. */
export function factOf(order: OrderRecord, step: Step, reason: string | null): OrderFact | null {
  const payload = {
    orderId: order.orderId,
    holdId: order.holdId,
    dropId: order.dropId,
    customerId: order.customerId,
    attempt: order.attempt,
    total: { amountMinor: order.totalMinor, currency: order.currency },
  };
  if (step === 'paid') return { type: 'order.paid.v1', payload: { ...payload, lines: order.lines } };
  if (step === 'failed') return { type: 'order.failed.v1', payload: { ...payload, reason } };
  if (step === 'refunded') return { type: 'order.refunded.v1', payload: { ...payload, reason } };
  return null;
}
