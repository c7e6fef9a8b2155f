import { bucketOf, type ProblemCode, type Tick } from '@holdfast/contracts';

const DROPS_A_SECOND_MAX = 1_000;

type Open = Omit<Tick, 'second' | 'readers'>;

/**
 * What is said of a drop that is there. Every other refusal may be told of one that somebody invented: it counts for a drop that has other answers, and
 * makes no place for one of its own.
 */
const OF_REAL_DROPS = new Set<ProblemCode>([
  'drop-not-open',
  'drop-closed',
  'sold-out',
  'limit-reached',
  'idempotency-key-reused',
]);

/** Counts what this gateway answers to placing a hold, by drop and second. */
export class TickCounter {
  private second = 0;
  private open = new Map<string, Open>();
  private closed: Omit<Tick, 'readers'>[] = [];

  /** `refusal`: null when the hold was placed. */
  answered(dropId: string, refusal: ProblemCode | null, tookMs: number, nowMs: number): void {
    this.close(nowMs);
    const tick = this.open.get(dropId) ?? this.begin(dropId, refusal);
    if (!tick) return;
    tick.arrivals += 1;
    if (refusal !== null) tick.refusals[refusal] = (tick.refusals[refusal] ?? 0) + 1;
    const bucket = bucketOf(tookMs);
    tick.latencies[bucket] = (tick.latencies[bucket] ?? 0) + 1;
  }

  /** Takes the seconds that are over; `all`: the one that goes on, too. */
  take(nowMs: number, all = false): Omit<Tick, 'readers'>[] {
    this.close(all ? Infinity : nowMs);
    const taken = this.closed;
    this.closed = [];
    return taken;
  }

  private begin(dropId: string, refusal: ProblemCode | null): Open | null {
    if (this.open.size >= DROPS_A_SECOND_MAX || (refusal !== null && !OF_REAL_DROPS.has(refusal)))
      return null;
    const tick = { dropId, arrivals: 0, refusals: {}, latencies: {} };
    this.open.set(dropId, tick);
    return tick;
  }

  /** A clock that is set back goes on in the second that it had. */
  private close(nowMs: number): void {
    const now = nowMs === Infinity ? this.second + 1 : Math.floor(nowMs / 1_000);
    if (now <= this.second) return;
    for (const tick of this.open.values()) this.closed.push({ ...tick, second: this.second });
    if (this.open.size > 0) this.open = new Map();
    this.second = now;
  }
}
