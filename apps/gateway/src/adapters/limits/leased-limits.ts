import type { Clock } from '@holdfast/kernel';
import { LimitStore, type NamedQuota } from '../../application/ports/limit-store.port';
import { LeaseLost, type SharedBudgets } from '../../application/ports/shared-budgets.port';
import { type Allowance, gcra } from '../../domain/gcra';
import { Generations } from './generations';
import { Share } from './share';
import type { SharingState } from './sharing-state';

const BYTES_MAX = 16 * 1024 * 1024; // of one generation: about 30,000 callers
const CALLER_BYTES = 350; // the object, its share and their numbers
/**
 * A lease in flight was counted before a request arrived, so the next one counts it. The third is for a clock
 * that advanced.
 */
const ROUNDS_MAX = 3;

/** One caller of one limit. */
class Caller {
  waiting = 0;
  asking: Promise<void> | null = null;
  readonly share: Share;

  constructor(
    readonly key: string,
    readonly quota: NamedQuota,
  ) {
    this.share = new Share(quota);
  }
}

/**
 * The limits of a cluster. Each gateway leases parts of a caller's allowance, which all gateways share, and
 * lets requests through from its part; one call serves many requests. The gateway also applies the whole
 * limit by itself, which alone holds while the others cannot be asked.
 */
export class LeasedLimits extends LimitStore {
  private readonly known = new Generations<Caller>(BYTES_MAX, CALLER_BYTES);

  constructor(
    private readonly budgets: SharedBudgets,
    private readonly clock: Clock,
    private readonly state: SharingState,
  ) {
    super();
  }

  get bytes(): number {
    return this.known.bytes;
  }

  override take(caller: string, quota: NamedQuota): Allowance | Promise<Allowance> {
    const nowMs = this.clock.monotonicMs();
    const key = `${quota.name}:${caller}`;
    let known = this.known.get(key, quota.windowSeconds * 1000, nowMs);
    if (known === undefined) this.known.set(key, (known = new Caller(key, quota)), nowMs);
    return this.decide(known, nowMs) ?? this.wait(known);
  }

  override peek(caller: string, quota: NamedQuota): Allowance {
    const nowMs = this.clock.monotonicMs();
    const known = this.known.find(`${quota.name}:${caller}`);
    return known ? known.share.peek(nowMs) : gcra(quota, undefined, nowMs);
  }

  /** The answer, if it can be given without asking; null when a lease is needed for it. */
  private decide(caller: Caller, nowMs: number): Allowance | null {
    const { allowance, ask } = caller.share.decide(nowMs);
    if (allowance !== null && ask && caller.asking === null) void this.ask(caller);
    return allowance;
  }

  private async wait(caller: Caller): Promise<Allowance> {
    caller.waiting += 1;
    try {
      for (let round = 0; round < ROUNDS_MAX; round += 1) {
        await (caller.asking ?? this.ask(caller));
        const decided = this.decide(caller, this.clock.monotonicMs());
        if (decided !== null) return decided;
      }
      return caller.share.refuse(this.clock.monotonicMs());
    } finally {
      caller.waiting -= 1;
    }
  }

  /** Asks for a lease, one at a time. Never rejects. */
  private ask(caller: Caller): Promise<void> {
    const { key, quota, share, waiting } = caller;
    const request = share.request(waiting);
    const asking = this.budgets
      .lease(key, quota, request)
      .then(
        (lease) => {
          share.answered(request, lease, this.clock.monotonicMs());
          this.state.shared(lease.leased);
        },
        (error: unknown) => {
          share.unanswered(request, error instanceof LeaseLost, this.clock.monotonicMs());
          this.state.alone(error);
        },
      )
      .finally(() => (caller.asking = null));
    return (caller.asking = asking);
  }
}
