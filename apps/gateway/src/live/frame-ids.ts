import type { Clock } from '@holdfast/kernel';

const IDS_PER_MS = 1_000; // today's time in ms × 1000 stays below 2^53 until the year 2255: an exact integer everywhere
const CLOCK_SKEW_MS_MAX = 60_000;

/**
 * Numbers for `id:` that only grow, also across restarts: they start from the wall clock. A reader with a greater id (another gateway's clock is
 * ahead, or ours was set back) raises them above it, within a bound, so that a client cannot exhaust them.
 */
export class FrameIds {
  private last = 0;

  constructor(private readonly clock: Clock) {}

  next(): number {
    this.last = Math.max(this.last + 1, this.clock.now() * IDS_PER_MS);
    return this.last;
  }

  /** Records an id that a reader has seen. */
  seen(id: number): void {
    if (id <= (this.clock.now() + CLOCK_SKEW_MS_MAX) * IDS_PER_MS) this.last = Math.max(this.last, id);
  }

  /** When the id was issued, in ms since the epoch. */
  static timeOf(id: number): number {
    return Math.floor(id / IDS_PER_MS);
  }
}

/** Parses `Last-Event-ID`. Undefined when it is missing or not an id of ours. */
export function readLastEventId(header: string | undefined): number | undefined {
  if (header === undefined || !/^\d{1,16}$/.test(header.trim())) return undefined;
  const id = Number(header);
  return Number.isSafeInteger(id) ? id : undefined;
}
