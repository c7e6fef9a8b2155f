// The words of the report and of the command line: a promise is called the same everywhere.
export {
  limitWords,
  margin,
  measuredWords,
  moreWords,
  PROMISE_WORDS,
  verdictSentence,
} from '../../../../../libs/rehearsal-report/src/verdict';
export { count, duration, percent } from '../../../../../libs/rehearsal-report/src/amounts';

export const PROFILES = [
  ['spike', 'Spike: all at once, then fewer'],
  ['ramp', 'Ramp: more and more'],
  ['queue', 'Queue: as many as wait, one after the other'],
  ['bots', 'Bots: programs among the shoppers'],
  ['soak', 'Soak: evenly, for long'],
] as const;

export const FAULTS = [
  ['redis', 'Redis'],
  ['kafka', 'Kafka'],
  ['postgres', 'PostgreSQL'],
  ['inventory', 'Inventory'],
  ['checkout', 'Checkout'],
  ['gateway', 'A gateway'],
] as const;

/** What the API calls `whileSelling`. */
export const WHILE_SELLING = 'Rehearse although a drop is open: its shoppers will notice';

/** How a rehearsal ended, as people say it. */
export const STATE_WORDS = {
  running: 'Running',
  stopped: 'Stopped',
  failed: 'Failed',
  go: 'Go',
  'no-go': 'No-go',
  none: 'No verdict',
} as const;

export function outcomeOf({
  state,
  verdict,
}: {
  state: 'running' | 'done' | 'stopped' | 'failed';
  verdict: 'go' | 'no-go' | null;
}): keyof typeof STATE_WORDS {
  return state === 'done' ? (verdict ?? 'none') : state;
}
