import type { Clock } from '@holdfast/kernel';
import {
  type Lease,
  LeaseLost,
  type LeaseRequest,
  SharedBudgets,
} from '../../apps/gateway/src/application/ports/shared-budgets.port';
import { gcra, type Quota } from '../../apps/gateway/src/domain/gcra';

/** A quota kept as the script keeps it, one request at a time. */
export class TestBudgets extends SharedBudgets {
  readonly asked: (LeaseRequest & { caller: string })[] = [];
  away = false;
  /** The answers are lost; all is charged. */
  silent = false;
  private readonly arrivals = new Map<string, number>();

  constructor(private readonly clock: Clock) {
    super();
  }

  override async lease(caller: string, quota: Quota, request: LeaseRequest): Promise<Lease> {
    await Promise.resolve();
    if (this.away) throw new Error('away');
    this.asked.push({ caller, ...request });
    const next = () => gcra(quota, this.arrivals.get(caller), this.clock.now());
    for (let i = 0; i < request.spent; i += 1) this.arrivals.set(caller, next().arrivalMs);
    const { allowed, remaining } = next();
    const room = allowed ? remaining + 1 : 0;
    const leased = Math.min(room, Math.max(request.waiting, Math.min(request.slice, Math.ceil(room / 4))));
    for (let i = 0; i < leased; i += 1) this.arrivals.set(caller, next().arrivalMs);
    if (this.silent) throw new LeaseLost('no answer in time');
    return { leased, left: room - leased, nextInMs: next().nextInMs };
  }
}
