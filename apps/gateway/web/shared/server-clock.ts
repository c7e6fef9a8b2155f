import { signal } from '@preact/signals';

const JUMP_MS = 3_000;

/**
 * The server's time, as far as this page can know it. It counts on with the page's monotonic clock, so a shopper's wrong or changed clock
 * does not matter. Each answer that carries the server's time was written a little before it arrived: the latest estimate wins.
 */
class ServerClock {
  private offsetMs: number | undefined;
  /** The whole second it is now; what shows a time reads it, and is drawn again when it changes. */
  readonly second = signal(0);

  constructor() {
    this.tick();
  }

  /** The time that an answer of the shop carries. */
  heard(serverTime: string): void {
    const offset = Date.parse(serverTime) - performance.now();
    if (Number.isNaN(offset)) return;
    if (this.offsetMs === undefined || offset > this.offsetMs || this.offsetMs - offset > JUMP_MS) {
      this.offsetMs = offset;
      this.second.value = Math.floor((performance.now() + offset) / 1000);
    }
  }

  /** The header `Date` of an answer: whole seconds, and perhaps a proxy's, but good enough until the shop itself has told its time. */
  heardDate(date: string | null): void {
    if (date !== null && this.offsetMs === undefined) this.heard(date);
  }

  /**
   * Milliseconds since the epoch; undefined until the server has been heard. There is no guess by the shopper's own clock: by one that is
   * ten minutes ahead every hold would be over.
   */
  now(): number | undefined {
    return this.offsetMs === undefined ? undefined : performance.now() + this.offsetMs;
  }

  private tick(): void {
    const now = this.now();
    if (now !== undefined) this.second.value = Math.floor(now / 1000);
    setTimeout(() => this.tick(), 1000 - ((now ?? 0) % 1000) + 5);
  }
}

export const clock = new ServerClock();

/** Milliseconds from now until then, undefined while the server's time is not known; drawn again each second where it is used. */
export function untilMs(time: string): number | undefined {
  void clock.second.value;
  const now = clock.now();
  return now === undefined ? undefined : Date.parse(time) - now;
}
