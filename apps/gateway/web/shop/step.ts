import type { Hold, Order } from '../shared/types';

/** The shopper's step. */
export type Step =
  | { kind: 'choose' }
  | { kind: 'held'; hold: Hold }
  /** The payment is in progress; its order is polled until it is settled. */
  | { kind: 'settling'; order: Order }
  | { kind: 'done'; order: Order };

/** The id of the hold that is shown, or of the order's. */
export function shownHold(step: Step): string | null {
  if (step.kind === 'choose') return null;
  return step.kind === 'held' ? step.hold.id : step.order.holdId;
}
