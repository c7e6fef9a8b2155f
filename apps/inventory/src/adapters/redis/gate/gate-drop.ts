import type { GateQuery, GateVerdict } from '../../../application/ports/gate.port';

export interface Asking {
  query: GateQuery;
  resolve: (verdict: GateVerdict) => void;
}

// Beyond it nobody is remembered any more, and the gate is seeded again instead.
const UNTOLD_MAX = 20_000;
// What a gateway may refuse by itself; a drop of which more SKUs are asked for at once is served by the gate.
const WANTED_MAX = 500;

/** What this process keeps in mind about a drop. All times by the monotonic clock. */
export class GateDrop {
  /** Places that go to Redis with the next call. */
  readonly asking: Asking[] = [];
  flushScheduled = false;
  /** Calls for places that have no answer yet. */
  callsInFlight = 0;
  /** After trouble: no call before this time. */
  blindUntil = 0;
  /** Since when no call has succeeded; null while all is well. */
  blindSince: number | null = null;
  /** What is in Redis may lack something that was told: seed it again before it is believed. */
  seedAnew = false;
  seeding = false;
  seedAgainAt = 0;
  doubtedUntil = 0;
  lastUsedAt = 0;
  /** SKUs that somebody was refused lately, oldest first. */
  private readonly wanted = new Set<string>();
  private untoldCustomers = new Set<string>();

  constructor(readonly id: string) {}

  /** Customers who were sent on or served without Redis hearing of it. */
  get untold(): ReadonlySet<string> {
    return this.untoldCustomers;
  }

  addUntold(customerIds: Iterable<string>): void {
    for (const customerId of customerIds) this.untoldCustomers.add(customerId);
    if (this.untoldCustomers.size <= UNTOLD_MAX) return;
    this.untoldCustomers.clear();
    this.seedAnew = true;
  }

  told(customerIds: Iterable<string>): void {
    for (const customerId of customerIds) this.untoldCustomers.delete(customerId);
  }

  /** True when something has to be put right in Redis before its verdicts count. */
  get owes(): boolean {
    return this.seedAnew || this.untoldCustomers.size > 0;
  }

  wants(sku: string): void {
    if (!this.wanted.delete(sku) && this.wanted.size >= WANTED_MAX) {
      const [oldest] = this.wanted;
      if (oldest !== undefined) this.wanted.delete(oldest);
    }
    this.wanted.add(sku);
  }

  get wantedSkus(): string[] {
    return [...this.wanted];
  }
}
