import type { DropState } from '../../shared/types';

export type DropStep = 'schedule' | 'open' | 'pause' | 'resume' | 'close' | 'delete';

/** What can be done in each state, as the contract says; the server decides. */
export const STEPS: Readonly<Record<DropState, readonly DropStep[]>> = {
  draft: ['open', 'schedule', 'delete'],
  scheduled: ['open', 'schedule', 'close', 'delete'],
  open: ['pause', 'close'],
  paused: ['resume', 'close'],
  closed: [],
};

export const STATE_WORDS: Readonly<Record<DropState, string>> = {
  draft: 'Draft',
  scheduled: 'Scheduled',
  open: 'Open',
  paused: 'Paused',
  closed: 'Closed',
};
