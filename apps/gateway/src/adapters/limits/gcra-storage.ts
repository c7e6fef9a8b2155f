import type { Clock } from '@holdfast/kernel';
import { LimitStore, type NamedQuota } from '../../application/ports/limit-store.port';
import { type Allowance, gcra } from '../../domain/gcra';
import { Generations } from './generations';

const BYTES_MAX = 16 * 1024 * 1024; // of one generation: about 65,000 callers
const NUMBER_BYTES = 16;

/** The limits of a product in one process: one number a caller. (The library's own storage keeps a timer a request and never forgets a key.) */
export class GcraStorage extends LimitStore {
  /** Theoretical arrival times. */
  private readonly arrivals = new Generations<number>(BYTES_MAX, NUMBER_BYTES);

  constructor(private readonly clock: Clock) {
    super();
  }

  override take(caller: string, quota: NamedQuota): Allowance {
    const nowMs = this.clock.monotonicMs();
    const key = `${quota.name}:${caller}`;
    const allowance = gcra(quota, this.arrivals.get(key, quota.windowSeconds * 1000, nowMs), nowMs);
    this.arrivals.set(key, allowance.arrivalMs, nowMs);
    return allowance;
  }

  override peek(caller: string, quota: NamedQuota): Allowance {
    const nowMs = this.clock.monotonicMs();
    return gcra(quota, this.arrivals.find(`${quota.name}:${caller}`), nowMs);
  }

  get bytes(): number {
    return this.arrivals.bytes;
  }
}
