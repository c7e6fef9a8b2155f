import { tally } from './tally.ts';

/** k6's own; its types do not know it. */
declare function setTimeout(callback: () => void, ms: number): unknown;

/** Other shoppers of the same virtual user go on meanwhile. */
export const pause = (ms: number) => new Promise<void>((done) => void setTimeout(done, ms));

/**
 * The intended times of one shopper. A request is due when the shopper would have sent it, had the generator and the
 * virtual users all been in time; its latency counts from then, so that a queue before the request is part of it (no
 * coordinated omission).
 */
export class Pace {
  /** How late the timer of the last wait was; undefined when there was nothing to wait for. */
  timerMs: number | undefined;
  private dueMs: number;

  constructor(dueMs: number) {
    this.dueMs = dueMs;
  }

  /** Adds a pause for thought before the next request. */
  think(ms: number): void {
    this.dueMs += ms;
  }

  /** Waits until the next request is due and returns how late it is, in ms. */
  async arrive(): Promise<number> {
    const restMs = this.dueMs - Date.now();
    this.timerMs = undefined;
    if (restMs > 0) {
      await pause(restMs);
      this.timerMs = Math.max(0, Date.now() - this.dueMs);
      tally.timerLate.add(this.timerMs);
    }
    return Math.max(0, Date.now() - this.dueMs);
  }

  /** The request sent at `sentMs` has its answer: the next one is due now, as far as it was not late. Returns the latency. */
  answered(sentMs: number): number {
    const now = Date.now();
    const latencyMs = Math.max(0, now - this.dueMs);
    this.dueMs += now - Math.max(sentMs, this.dueMs);
    return latencyMs;
  }

  /** Waits that the product asked for are no latency. */
  skip(ms: number): void {
    this.dueMs += ms;
  }
}
