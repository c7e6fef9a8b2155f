/**
 * The wall clock, injected so that tests can control it. It drives timers and timestamps of messages;
 * only the database's clock decides whether a hold or a drop has ended.
 */
export abstract class Clock {
  /** Milliseconds since the Unix epoch. */
  abstract now(): number;

  /**
   * Milliseconds since an arbitrary moment; monotonic, even if the wall clock is set back. For durations
   * only. A test clock that is never set back may return the same value as `now`.
   */
  monotonicMs(): number {
    return this.now();
  }
}

export class SystemClock extends Clock {
  now(): number {
    return Date.now();
  }

  override monotonicMs(): number {
    return performance.now();
  }
}
