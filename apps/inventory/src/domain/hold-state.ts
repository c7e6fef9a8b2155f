import type { HoldState } from '@holdfast/contracts';

/** A hold ends once: every state but `held` is final. The ledger's statements are this table written as conditions. */
export const NEXT_HOLD_STATES: Readonly<Record<HoldState, readonly HoldState[]>> = {
  held: ['confirmed', 'released', 'expired'],
  confirmed: [],
  released: [],
  expired: [],
};

export function mayBecome(from: HoldState, to: HoldState): boolean {
  return NEXT_HOLD_STATES[from].includes(to);
}
