/**
 * The wall clock, handed in from outside so that tests own it. It paces timers and stamps messages;
 * whether a hold or a drop is over is decided by the database's clock alone.
 */
export abstract class Clock {
  /** Milliseconds since the Unix epoch. */
  abstract now(): number;

  /**
   * Milliseconds since some fixed moment; never goes back, whatever is done to the wall clock. For durations alone: compare it with nothing but
   * itself. A test's clock that is never set back need not tell it apart.
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
