import { Clock } from '@holdfast/kernel';

/** A clock that the test advances. */
export class TestClock extends Clock {
  /** Offset of the wall clock, as after an adjustment by an operator or NTP. */
  setByMs = 0;

  /** `ms`: elapsed time; a test may add to it. */
  constructor(public ms = 1_790_000_000_000) {
    super();
  }

  now(): number {
    return this.ms + this.setByMs;
  }

  override monotonicMs(): number {
    return this.ms;
  }

  advance(ms: number): void {
    this.ms += ms;
  }
}
