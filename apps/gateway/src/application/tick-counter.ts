import { bucketOf, type ProblemCode, type Tick } from '@holdfast/contracts';

const DROPS_A_SECOND_MAX = 1_000;
/** Drops known to be there: as many as a gateway counts in a second. */
const REAL_DROPS_MAX = DROPS_A_SECOND_MAX;
/** Others, of which inventory leaves out what is no drop: few enough that inventing them makes it no work to speak of. */
const UNKNOWN_A_SECOND_MAX = 50;

type Open = Omit<Tick, 'second' | 'readers'>;

/**
 * What is said of a drop that is there. Every other refusal may be told of one that somebody invented: drops of which only such refusals were told have
 * few places, and take none of the others'.
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
  /** Ticks of this second whose drop may be invented. */
  private unknown = 0;
  /** The one known longest first. */
  private readonly real = new Set<string>();

  /** `refusal`: null when the hold was placed. */
  answered(dropId: string, refusal: ProblemCode | null, tookMs: number, nowMs: number): void {
    this.close(nowMs);
    if (refusal === null || OF_REAL_DROPS.has(refusal)) this.keepReal(dropId);
    const tick = this.open.get(dropId) ?? this.begin(dropId);
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

  private begin(dropId: string): Open | null {
    const isReal = this.real.has(dropId);
    if (isReal ? this.open.size - this.unknown >= DROPS_A_SECOND_MAX : this.unknown >= UNKNOWN_A_SECOND_MAX)
      return null;
    if (!isReal) this.unknown += 1;
    const tick = { dropId, arrivals: 0, refusals: {}, latencies: {} };
    this.open.set(dropId, tick);
    return tick;
  }

  private keepReal(dropId: string): void {
    this.real.add(dropId);
    if (this.real.size > REAL_DROPS_MAX) this.real.delete(this.real.values().next().value!);
  }

  /** A clock that is set back goes on in the second that it had. */
  private close(nowMs: number): void {
    const now = nowMs === Infinity ? this.second + 1 : Math.floor(nowMs / 1_000);
    if (now <= this.second) return;
    for (const tick of this.open.values()) this.closed.push({ ...tick, second: this.second });
    if (this.open.size > 0) this.open = new Map();
    this.unknown = 0;
    this.second = now;
  }
}
