/**
 * The wall clock, handed in from outside so that tests own it. It paces timers and stamps messages;
 * whether a hold or a drop is over is decided by the database's clock alone.
 */
export abstract class Clock {
  /** Milliseconds since the Unix epoch. */
  abstract now(): number;
}

export class SystemClock extends Clock {
  now(): number {
    return Date.now();
  }
}
