// k6 reads this file as it is: it must not import anything.

export interface PaceClock {
  /** ms since 1970. */
  now(): number;
  pause(ms: number): Promise<void>;
  /** Called with how late a timer was. */
  onTimer(lateMs: number): void;
}

/**
 * The intended times of one shopper. A request is due when the shopper would have sent it, had the generator and the
 * virtual users all been in time; its latency counts from then, so that a queue before the request is part of it (no
 * coordinated omission: G. Tene, "How NOT to Measure Latency", 2015).
 */
export class Pace {
  /** How late the timer of the last wait was; undefined when there was nothing to wait for. */
  timerMs: number | undefined;
  private dueMs: number;
  private readonly clock: PaceClock;

  /** `dueMs`: of the first request, in ms since 1970. */
  constructor(dueMs: number, clock: PaceClock) {
    this.dueMs = dueMs;
    this.clock = clock;
  }

  /** Adds a pause for thought before the next request, or a wait that is not to count. */
  think(ms: number): void {
    this.dueMs += ms;
  }

  /** Waits until the next request is due and returns how late it is, in ms. */
  async arrive(): Promise<number> {
    const restMs = this.dueMs - this.clock.now();
    this.timerMs = undefined;
    if (restMs > 0) {
      await this.clock.pause(restMs);
      this.timerMs = Math.max(0, this.clock.now() - this.dueMs);
      this.clock.onTimer(this.timerMs);
    }
    return Math.max(0, this.clock.now() - this.dueMs);
  }

  /**
   * The request sent at `sentMs` has its answer. Returns its latency. The next request is due as much later as the
   * answer took: being late stays with the shopper until a pause makes up for it.
   */
  answered(sentMs: number): number {
    const now = this.clock.now();
    const latencyMs = Math.max(0, now - this.dueMs);
    this.dueMs += now - Math.max(sentMs, this.dueMs);
    return latencyMs;
  }
}
