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
  /** When the ledger is looked at once more, because another instance may have filled the gate in the midst of a doubt. */
  looksAt = Infinity;
  /** When it was last said that the gate makes no sense. */
  complainedAt = -Infinity;
  /** SKUs that somebody was refused lately, oldest first. */
  private readonly wanted = new Set<string>();
  private readonly granted = new Set<string>();
  /** Customers by the holds that they asked for without a look at the gate, until the ledger has decided. */
  private readonly unseen = new Map<string, string>();
  private forgettings = 0;
  private seededIn: string | null = null;

  constructor(
    readonly id: string,
    public lastUsedAt: number,
  ) {}

  /** Customers who have units, or may get them, without Redis having heard of it. */
  get untold(): ReadonlySet<string> {
    return new Set([...this.granted, ...this.unseen.values()]);
  }

  addUntold(customerIds: Iterable<string>): void {
    for (const customerId of customerIds) this.granted.add(customerId);
    this.forgetIfTooMany();
  }

  goesUnseen(holdId: string, customerId: string): void {
    this.unseen.set(holdId, customerId);
    this.forgetIfTooMany();
  }

  /** The ledger has decided, or was not asked after all. Whoever was given units by it is named as a customer; the others have none. */
  decided(holdIds: Iterable<string>): void {
    if (this.unseen.size > 0) for (const holdId of holdIds) this.unseen.delete(holdId);
  }

  told(customerIds: Iterable<string>): void {
    const told = new Set(customerIds);
    for (const customerId of told) this.granted.delete(customerId);
    for (const [holdId, customerId] of this.unseen) if (told.has(customerId)) this.unseen.delete(holdId);
  }

  /** The outcome of a batch is unknown: it may still commit until then. */
  doubt(until: number): void {
    this.doubtedUntil = until;
    this.looksAt = until;
  }

  /** True when Redis has to be told something before its verdicts count. */
  get owes(): boolean {
    return this.granted.size > 0 || this.unseen.size > 0;
  }

  /** Something is under way that will be noted here. */
  get isBusy(): boolean {
    return this.asking.length > 0 || this.flushScheduled || this.callsInFlight > 0 || this.seeding;
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

  private forgetIfTooMany(): void {
    if (this.granted.size + this.unseen.size <= UNTOLD_MAX) return;
    this.granted.clear();
    this.unseen.clear();
    this.forgettings += 1;
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
