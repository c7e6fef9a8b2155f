import { contention } from './contention';

const TURNS_MAX = 3;
// A further turn has to end before Jest's own limit, or the report is a timeout and not the measured value.
const FURTHER_TURN_MS_MAX = 40_000;

/**
 * Measures a time up to three times, until one is below the bound, and returns the smallest. Other load on the machine can only increase a measured
 * time, so one below the bound is enough; a product that is too slow never has one. Each counts as what it would be without other processes that
 * compute at the same time.
 */
export function leastOf(boundMs: number, measure: (turn: number) => Promise<number>): Promise<number> {
  return least(
    (ms) => ms < boundMs,
    async (turn) => {
      const before = contention();
      const took = await measure(turn);
      return took / ((before + contention()) / 2);
    },
  );
}

/**
 * Counts up to three times, until a count is below or at the bound, and returns the smallest: for what a busy machine may add to, such as calls that
 * are repeated because an answer was late, or the ratio of two times.
 */
export function fewestOf(most: number, count: (turn: number) => Promise<number>): Promise<number> {
  return least((found) => found <= most, count);
}

async function least(
  isEnough: (found: number) => boolean,
  measure: (turn: number) => Promise<number>,
): Promise<number> {
  const beganAt = performance.now();
  let found = await measure(0);
  for (let turn = 1; turn < TURNS_MAX && !isEnough(found); turn += 1) {
    if (performance.now() - beganAt > FURTHER_TURN_MS_MAX) break;
    found = Math.min(found, await measure(turn));
  }
  return found;
}
