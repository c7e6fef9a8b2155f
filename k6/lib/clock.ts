import { Pace, type PaceClock } from '../../libs/load/src/model/pace.ts';
import { tally } from './tally.ts';

/** k6's own; its types do not know it. */
declare function setTimeout(callback: () => void, ms: number): unknown;

/** Other shoppers of the same virtual user go on meanwhile. */
export const pause = (ms: number) => new Promise<void>((done) => void setTimeout(done, ms));

const CLOCK: PaceClock = {
  now: () => Date.now(),
  pause,
  onTimer: (lateMs) => tally.timerLate.add(lateMs),
};

/** The pace of somebody who is due at `dueMs`. */
export const paceFrom = (dueMs: number) => new Pace(dueMs, CLOCK);
