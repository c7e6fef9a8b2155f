import type { DropAction, DropState } from '@holdfast/contracts';

/** What a merchant can do with a drop; to schedule it needs a time. */
export type DropStepName = DropAction | 'schedule';

/**
 * The state machine of a drop: for each state, the possible steps and their results. Two more transitions
 * are automatic (`scheduled` → `open`, running → `closed`), see `dropStateAt`.
 * A published drop cannot become a `draft` again, and `closed` is final.
 */
export const DROP_LIFECYCLE = {
  draft: { schedule: 'scheduled', open: 'open' },
  scheduled: { schedule: 'scheduled', open: 'open', close: 'closed' },
  open: { pause: 'paused', close: 'closed' },
  paused: { resume: 'open', close: 'closed' },
  closed: {},
} as const satisfies Record<DropState, Partial<Record<DropStepName, DropState>>>;

export interface DropStep {
  /** The states in which the step is allowed. */
  from: DropState[];
  /** The resulting state, the same for all of them. */
  to: DropState;
}

/** The same data by step. */
export function dropStep(step: DropStepName): DropStep {
  const moves = Object.entries(DROP_LIFECYCLE) as [DropState, Partial<Record<DropStepName, DropState>>][];
  const legal = moves.filter(([, next]) => next[step] !== undefined);
  return { from: legal.map(([state]) => state), to: legal[0]![1][step]! };
}
