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

  heard(serverTime: string): void {
    const offset = Date.parse(serverTime) - performance.now();
    if (Number.isNaN(offset)) return;
    if (this.offsetMs === undefined || offset > this.offsetMs || this.offsetMs - offset > JUMP_MS) {
      this.offsetMs = offset;
      this.second.value = Math.floor(this.now() / 1000);
    }
  }

  /** Milliseconds since the epoch; the page's own guess until the server has been heard. */
  now(): number {
    return this.offsetMs === undefined ? Date.now() : performance.now() + this.offsetMs;
  }

  private tick(): void {
    const now = this.now();
    this.second.value = Math.floor(now / 1000);
    setTimeout(() => this.tick(), 1000 - (now % 1000) + 5);
  }
}

export const clock = new ServerClock();

/** Milliseconds from now until then; drawn again each second where it is used. */
export function untilMs(time: string): number {
  void clock.second.value;
  return Date.parse(time) - clock.now();
}
