import type { NamedQuota } from '../../application/ports/limit-store.port';
import type { Lease, LeaseRequest } from '../../application/ports/shared-budgets.port';
import { type Allowance, gcra } from '../../domain/gcra';

/**
 * A tenth of the quota: what a gateway lets through before it asks anybody, and the most that it leases at
 * once. So a shopper's two or three requests cost no call, and n gateways let through (n - 1) tenths too much
 * at worst.
 */
const SLICES = 10;
/**
 * While Redis is unreachable, each limit is local to this gateway for this long before Redis is tried again.
 */
const ALONE_MS = 500;
/**
 * However fast a quota flows back: not more than one question in this time about a caller who has nothing
 * left.
 */
const REFUSED_MS_MIN = 5;

/**
 * What can be said of a request at once. `ask` without `allowance`: a lease is needed first; with it: it is
 * time for the next one.
 */
export interface Decision {
  allowance: Allowance | null;
  ask: boolean;
}

/** What one caller has of one limit, here. Times by the monotonic clock. */
export class Share {
  /** Of the limit that this gateway applies by itself, see `gcra`. */
  private arrivalMs: number | undefined;
  /**
   * Let through without a lease, and not charged yet. Below zero: charged perhaps, and not let through yet.
   */
  private spent = 0;
  private leased = 0;
  private leasedUntilMs = 0;
  /** Left to every gateway, when they were last asked. */
  private left = 0;
  private askedAtMs = -Infinity;
  private refusedUntilMs = -Infinity;
  private aloneUntilMs = -Infinity;
  /** The last question had no answer. */
  private failed = false;

  constructor(private readonly quota: NamedQuota) {}

  decide(nowMs: number): Decision {
    const own = gcra(this.quota, this.arrivalMs, nowMs);
    if (!own.allowed) return { allowance: own, ask: false };
    if (this.leased > 0 && nowMs < this.leasedUntilMs) {
      this.leased -= 1;
      this.arrivalMs = own.arrivalMs;
      const allowance = { ...own, remaining: Math.min(own.remaining, this.leased + this.left) };
      // Before they are used up, so that nobody has to wait for the next ones.
      return { allowance, ask: this.leased <= this.slice / 4 && this.left > 0 && this.mayAsk(nowMs) };
    }
    const alone = nowMs < this.aloneUntilMs;
    if (!alone && nowMs < this.refusedUntilMs)
      return { allowance: refusal(own, this.refusedUntilMs - nowMs), ask: false };
    const isKnown = nowMs - this.askedAtMs < this.quota.windowSeconds * 1000;
    if (!alone && (this.quota.strict || isKnown || this.spent >= this.slice))
      return { allowance: null, ask: true };
    this.spent = Math.min(this.spent + 1, this.quota.quota);
    this.arrivalMs = own.arrivalMs;
    return { allowance: own, ask: !alone && this.spent === this.slice };
  }

  /** What `decide` would find, with nothing taken and nothing asked. */
  peek(nowMs: number): Allowance {
    const own = gcra(this.quota, this.arrivalMs, nowMs);
    const isRefused =
      nowMs < this.refusedUntilMs &&
      nowMs >= this.aloneUntilMs &&
      !(this.leased > 0 && nowMs < this.leasedUntilMs);
    return isRefused ? refusal(own, this.refusedUntilMs - nowMs) : own;
  }

  /** For whom no lease came in time although they were asked for. */
  refuse(nowMs: number): Allowance {
    return refusal(gcra(this.quota, this.arrivalMs, nowMs), REFUSED_MS_MIN);
  }

  /** After a question without an answer only what is wanted: a lease that is lost is charged all the same. */
  request(waiting: number): LeaseRequest {
    return { spent: Math.max(0, this.spent), waiting, slice: this.failed ? 0 : this.slice };
  }

  answered({ spent }: LeaseRequest, { leased, left, nextInMs }: Lease, nowMs: number): void {
    this.failed = false;
    this.spent -= spent;
    this.leased = leased + (nowMs < this.leasedUntilMs ? this.leased : 0);
    this.leasedUntilMs = nowMs + this.quota.windowSeconds * 1000;
    this.left = left;
    this.askedAtMs = nowMs;
    if (left === 0) this.refusedUntilMs = nowMs + Math.max(nextInMs, REFUSED_MS_MIN);
  }

  /** @param maybeCharged the answer was lost: what was asked for must not be charged a second time */
  unanswered({ spent, waiting }: LeaseRequest, maybeCharged: boolean, nowMs: number): void {
    this.failed = true;
    this.aloneUntilMs = nowMs + ALONE_MS;
    // Those who waited for it are let through next, and counted then.
    if (maybeCharged) this.spent = Math.max(this.spent - spent, 0) - waiting;
  }

  private get slice(): number {
    return Math.max(1, Math.floor(this.quota.quota / SLICES));
  }

  private mayAsk(nowMs: number): boolean {
    return nowMs >= this.refusedUntilMs && nowMs >= this.aloneUntilMs;
  }
}

function refusal(own: Allowance, forMs: number): Allowance {
  return { allowed: false, remaining: 0, nextInMs: Math.max(1, Math.ceil(forMs)), arrivalMs: own.arrivalMs };
}
