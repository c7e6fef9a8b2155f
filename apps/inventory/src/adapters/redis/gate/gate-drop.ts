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
  seeding = false;
  seedAgainAt = 0;
  doubtedUntil = 0;
  lastUsedAt = 0;
  /** SKUs that somebody was refused lately, oldest first. */
  private readonly wanted = new Set<string>();
  private untoldCustomers = new Set<string>();
  private forgettings = 0;
  private seededIn: string | null = null;

  constructor(readonly id: string) {}

  /** Customers who were sent on or served without Redis hearing of it. */
  get untold(): ReadonlySet<string> {
    return this.untoldCustomers;
  }

  addUntold(customerIds: Iterable<string>): void {
    for (const customerId of customerIds) this.untoldCustomers.add(customerId);
    if (this.untoldCustomers.size <= UNTOLD_MAX) return;
    this.untoldCustomers.clear();
    this.forgettings += 1;
  }

  told(customerIds: Iterable<string>): void {
    for (const customerId of customerIds) this.untoldCustomers.delete(customerId);
  }

  /** True when Redis has to be told something before its verdicts count. */
  get owes(): boolean {
    return this.untoldCustomers.size > 0;
  }

  /**
   * Names what a seeding is good for: the gate at this place in Redis, as long as nothing is forgotten here that it has to be told.
   * Take it before the seeding: what is lost meanwhile begins another term.
   */
  termAt(place: string): string {
    return `${place} ${this.forgettings}`;
  }

  /** The gate has all that the ledger knew in this term. */
  seeded(term: string): void {
    this.seededIn = term;
  }

  /** False at first: another process may have served customers that Redis never heard of, and be gone. */
  isSeeded(term: string): boolean {
    return this.seededIn === term;
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
