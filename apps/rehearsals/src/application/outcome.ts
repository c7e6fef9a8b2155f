import type { RehearsalEvidence, RehearsalFigures } from '@holdfast/contracts';
import type { Heartbeat } from './heartbeat';

/** How a rehearsal ended. */
export interface Outcome {
  state: 'done' | 'stopped' | 'failed';
  verdict: 'go' | 'no-go' | null;
  detail: string;
  figures: RehearsalFigures;
  evidence: RehearsalEvidence | null;
}

/** It cannot be run as it was asked for; the message says why and what to do. */
export class CannotRehearse extends Error {}

const STOPPED = {
  asked: 'Stopped before its end, as asked.',
  shutdown: 'Stopped: the product is shutting down.',
} as const;

/** Characters: a failure may quote the log of the generator. */
const DETAIL_MAX = 1_500;

/** Of a rehearsal that threw `error`, or was stopped. */
export function broken(error: unknown, { reason, figures }: Heartbeat): Outcome {
  const without = { verdict: null, figures, evidence: null } as const;
  if (reason === 'asked' || reason === 'shutdown')
    return { ...without, state: 'stopped', detail: STOPPED[reason] };
  if (reason === 'lost')
    return { ...without, state: 'failed', detail: 'The ledger did not answer for 25 s. Rehearse again.' };
  if (reason === 'late')
    return {
      ...without,
      state: 'failed',
      detail:
        'It was not over in time, so it was ended. If k6 was being built, what is done of it is kept. Rehearse again.',
    };
  const message = error instanceof Error ? error.message : String(error);
  return {
    ...without,
    state: 'failed',
    detail: `The rehearsal could not be run: ${message}`.slice(0, DETAIL_MAX),
  };
}
