import { assertNever } from '@holdfast/kernel';
import type { PlaceOrderOutcome } from '@holdfast/contracts';
import type { OrderReason, OrderRecord } from './order';

const RETRY_AFTER_SECONDS = 1;

/**
 * The refusal in which an order without an answer ends; null while it is not refused. Only before the first answer: after a 202 the order itself
 * shows its outcome.
 */
export function refusalOf(order: OrderRecord): PlaceOrderOutcome | null {
  const refused = order.step === 'failed' || order.step === 'yielding';
  return refused && order.answer === null && order.reason !== null
    ? outcomeOf(order.reason, order.orderId)
    : null;
}

function outcomeOf(reason: OrderReason, orderId: string): PlaceOrderOutcome {
  switch (reason) {
    case 'payment-declined':
      return { kind: 'declined', orderId };
    case 'hold-not-found':
      return { kind: 'hold-not-found' };
    case 'hold-expired':
    case 'payment-timed-out': // the hold has expired as well
      return { kind: 'hold-expired' };
    case 'hold-not-active':
    case 'units-gone':
    case 'payment-voided': // the units are on offer again
      return { kind: 'hold-not-active' };
    case 'request-in-progress':
      return { kind: 'in-progress' };
    case 'temporarily-unavailable':
      return { kind: 'busy', retryAfterSeconds: RETRY_AFTER_SECONDS };
    default:
      return assertNever(reason);
  }
}
