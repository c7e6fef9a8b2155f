import type { Clock } from '@holdfast/kernel';
import { LimitStore, type NamedQuota } from '../../application/ports/limit-store.port';
import type { SharedBudgets } from '../../application/ports/shared-budgets.port';
import { type Allowance, gcra } from '../../domain/gcra';
import { Generations } from './generations';
import type { SharingState } from './sharing-state';

/**
 * A tenth of the quota: what a gateway lets through before it asks anybody, and the most that it leases at once. So a shopper's two or three
 * requests cost no call, and n gateways let through (n - 1) tenths too much at worst.
 */
const SLICES = 10;
const CALLERS_MAX = 100_000; // of one generation, about 30 MB
/** With Redis away, each caller's limit is this gateway's own for so long before it is tried again. */
const ALONE_MS = 500;
/** However fast a quota flows back: not more than one question in this time about a caller who has nothing left. */
const REFUSED_MS_MIN = 5;
/** The lease that is under way was counted before a request came; the next one counts it. The third is for a clock that ran on. */
const ROUNDS_MAX = 3;

/** What one caller has of one limit, here. Times by the monotonic clock. */
class Share {
  /** Of the limit that this gateway applies by itself, see `gcra`. */
  arrivalMs: number | undefined;
  /** Let through without a lease, and not charged yet. */
  spent = 0;
  leased = 0;
  leasedUntilMs = 0;
  /** Left to every gateway, when they were last asked. */
  left = 0;
  askedAtMs = -Infinity;
  refusedUntilMs = -Infinity;
  aloneUntilMs = -Infinity;
  waiting = 0;
  asking: Promise<void> | null = null;

  constructor(readonly key: string) {}
}

/**
 * The limits of a cluster. Each gateway leases parts of a caller's allowance, which all gateways share, and lets requests through from its
 * part; one call serves many requests. The gateway also applies the whole limit by itself, which alone holds while the others cannot be asked.
 */
export class LeasedLimits extends LimitStore {
  private readonly shares = new Generations<Share>(CALLERS_MAX);

  constructor(
    private readonly budgets: SharedBudgets,
    private readonly clock: Clock,
    private readonly state: SharingState,
  ) {
    super();
  }

  get callers(): number {
    return this.shares.size;
  }

  override take(caller: string, quota: NamedQuota): Allowance | Promise<Allowance> {
    const nowMs = this.clock.monotonicMs();
    const key = `${quota.name}:${caller}`;
    let share = this.shares.get(key, quota.windowSeconds * 1000, nowMs);
    if (share === undefined) this.shares.set(key, (share = new Share(key)));
    return this.decide(share, quota, nowMs) ?? this.wait(share, quota);
  }

  /** The answer, if it can be given without asking; null when a lease is needed for it. */
  private decide(share: Share, quota: NamedQuota, nowMs: number): Allowance | null {
    const own = gcra(quota, share.arrivalMs, nowMs);
    if (!own.allowed) return own;
    const slice = sliceOf(quota);
    if (share.leased > 0 && nowMs < share.leasedUntilMs) {
      share.leased -= 1;
      share.arrivalMs = own.arrivalMs;
      // Before they are used up, so that nobody has to wait for the next ones.
      if (share.leased <= slice / 4 && share.left > 0) this.askSoon(share, quota, nowMs);
      return { ...own, remaining: Math.min(own.remaining, share.leased + share.left) };
    }
    const alone = nowMs < share.aloneUntilMs;
    if (!alone && nowMs < share.refusedUntilMs) return refusal(own, share.refusedUntilMs - nowMs);
    const isKnown = nowMs - share.askedAtMs < quota.windowSeconds * 1000;
    if (!alone && (isKnown || share.spent >= slice)) return null;
    share.spent = Math.min(share.spent + 1, quota.quota);
    share.arrivalMs = own.arrivalMs;
    if (!alone && share.spent === slice) this.askSoon(share, quota, nowMs);
    return own;
  }

  private async wait(share: Share, quota: NamedQuota): Promise<Allowance> {
    share.waiting += 1;
    try {
      for (let round = 0; round < ROUNDS_MAX; round += 1) {
        await (share.asking ?? this.ask(share, quota));
        const decided = this.decide(share, quota, this.clock.monotonicMs());
        if (decided !== null) return decided;
      }
      const nowMs = this.clock.monotonicMs();
      return refusal(gcra(quota, share.arrivalMs, nowMs), REFUSED_MS_MIN);
    } finally {
      share.waiting -= 1;
    }
  }

  private askSoon(share: Share, quota: NamedQuota, nowMs: number): void {
    if (share.asking === null && nowMs >= share.refusedUntilMs && nowMs >= share.aloneUntilMs)
      void this.ask(share, quota);
  }

  /** Asks for a lease, one at a time. Never rejects. */
  private ask(share: Share, quota: NamedQuota): Promise<void> {
    const { spent, waiting } = share;
    const asking = this.budgets
      .lease(share.key, quota, { spent, waiting, slice: sliceOf(quota) })
      .then(
        ({ leased, left, nextInMs }) => {
          const nowMs = this.clock.monotonicMs();
          share.spent -= spent;
          share.leased = leased + (nowMs < share.leasedUntilMs ? share.leased : 0);
          share.leasedUntilMs = nowMs + quota.windowSeconds * 1000;
          share.left = left;
          share.askedAtMs = nowMs;
          if (left === 0) share.refusedUntilMs = nowMs + Math.max(nextInMs, REFUSED_MS_MIN);
          this.state.shared(leased);
        },
        (error: unknown) => {
          share.aloneUntilMs = this.clock.monotonicMs() + ALONE_MS;
          this.state.alone(error);
        },
      )
      .finally(() => (share.asking = null));
    return (share.asking = asking);
  }
}

function sliceOf({ quota }: NamedQuota): number {
  return Math.max(1, Math.floor(quota / SLICES));
}

function refusal(own: Allowance, forMs: number): Allowance {
  return { allowed: false, remaining: 0, nextInMs: Math.max(1, Math.ceil(forMs)), arrivalMs: own.arrivalMs };
}
