import type { DropAction, DropState } from '@holdfast/contracts';

/**
 * The life of a drop as data: for each state, what an operator may do in it and where that leads. Time does two more steps by itself
 * (`scheduled` → `open`, running → `closed`): see `dropStateAt`.
 * Nothing leads back to `draft`: what shoppers have seen stays seen. Nothing leads out of `closed`: its counts are final.
 */
export const DROP_LIFECYCLE = {
  draft: { open: 'open' },
  scheduled: { open: 'open', close: 'closed' },
  open: { pause: 'paused', close: 'closed' },
  paused: { resume: 'open', close: 'closed' },
  closed: {},
} as const satisfies Record<DropState, Partial<Record<DropAction, DropState>>>;

export interface DropStep {
  /** The states in which the action is legal. */
  from: DropState[];
  /** The state that it leads to: the same from wherever it is taken. */
  to: DropState;
}

/** The same data seen from the action's side. */
export function dropStep(action: DropAction): DropStep {
  const moves = Object.entries(DROP_LIFECYCLE) as [DropState, Partial<Record<DropAction, DropState>>][];
  const legal = moves.filter(([, next]) => next[action] !== undefined);
  return { from: legal.map(([state]) => state), to: legal[0]![1][action]! };
}
