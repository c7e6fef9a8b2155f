import { networkNames, type PlaceOutcome, type Shortage } from '@holdfast/contracts';
import type { Clock } from '@holdfast/kernel';
import { Gate, type GateQuery, type ToLedger } from '../../application/ports/gate.port';
import type { LaneNews } from '../../application/ports/ledger.port';

/** Loads the customers who have or had units in a drop; null when there are more than `max`. */
export type LoadCustomers = (dropId: string, max: number) => Promise<string[] | null>;

// All changes of this process's drops pass through its own lanes, so its data are exact except for the clock
// and for operators on other connections. A quarter of a second bounds both, and costs at most four batches a
// second.
const FRESH_MS = 250;
// An abandoned statement may still commit until the server's own timeouts end it; they are shorter than this.
const DOUBT_MS = 10_000;
const CUSTOMERS_MAX = 200_000; // about 20 MB; a drop with more asks the ledger
const DROPS_MAX = 1_000; // beyond it the oldest is evicted

interface Known {
  open: boolean;
  openUntil: number;
  perCustomerLimit: number;
  available: Map<string, { units: number; at: number }>;
  /**
   * All customers who may have a hold here, and networks near their limit; null while the set is incomplete.
   */
  customers: Set<string> | null;
  /** Customers added while the others are being loaded. */
  loading: Set<string> | null;
  doubtedUntil: number;
}

/** The gate of a process that owns all lanes of its drops, which alone update it. */
export class MemoryGate extends Gate {
  private readonly drops = new Map<string, Known>();

  constructor(
    private readonly clock: Clock,
    private readonly loadCustomers: LoadCustomers,
    private readonly customersMax = CUSTOMERS_MAX,
  ) {
    super();
  }

  async place(query: GateQuery, toLedger: ToLedger): Promise<PlaceOutcome> {
    const shortLines = this.surelyShort(query);
    return shortLines === null ? toLedger(0) : { kind: 'refused', reason: 'sold-out', shortLines };
  }

  /** The indexes of all lines that are certainly short; null when uncertain. */
  private surelyShort({ dropId, customerId, network, lines }: GateQuery): number[] | null {
    const known = this.drops.get(dropId);
    if (known === undefined || known.customers === null || known.customers.has(customerId)) return null;
    const now = this.clock.monotonicMs();
    if (!known.open || now >= known.openUntil) return null;
    const short: number[] = [];
    let units = 0;
    for (const [index, { sku, quantity }] of lines.entries()) {
      const stock = known.available.get(sku);
      if (stock === undefined || now - stock.at > FRESH_MS) return null;
      if (stock.units < quantity) short.push(index);
      units += quantity;
    }
    if (short.length === 0 || units > known.perCustomerLimit) return null;
    // For such a network the limit may be the reason instead.
    return networkNames(network).some((name) => known.customers!.has(name)) ? null : short;
  }

  learn(news: LaneNews): void {
    const now = this.clock.monotonicMs();
    const known = this.drops.get(news.dropId) ?? this.remember(news.dropId);
    known.open = news.open;
    known.openUntil = news.closesInMs === null ? Infinity : now + news.closesInMs;
    known.perCustomerLimit = news.perCustomerLimit;
    let someSoldOut = false;
    for (const [sku, { units }] of news.available) {
      known.available.set(sku, { units, at: now });
      someSoldOut ||= units === 0;
    }
    for (const customer of news.customers) {
      known.customers?.add(customer);
      known.loading?.add(customer);
    }
    if (!known.open) {
      // Nothing is refused early then, so customers are not needed; a drop that opens again reloads them.
      known.customers = null;
      known.loading = null;
      return;
    }
    const kept = known.customers ?? known.loading;
    if (kept !== null && kept.size > this.customersMax) this.doubt(news.dropId);
    if (someSoldOut && known.customers === null && known.loading === null && now >= known.doubtedUntil)
      void this.load(news.dropId, known);
  }

  doubt(dropId: string): void {
    const known = this.drops.get(dropId) ?? this.remember(dropId);
    known.customers = null;
    known.loading = null;
    known.doubtedUntil = this.clock.monotonicMs() + DOUBT_MS;
  }

  /** Its data expire after a quarter of a second and need no other repair. */
  heal(): Promise<void> {
    return Promise.resolve();
  }

  async shortageOf(dropId: string): Promise<Shortage | null> {
    const known = this.drops.get(dropId);
    if (!known || known.customers === null || !known.open) return null;
    const now = this.clock.monotonicMs();
    const fresh = [...known.available].filter(([, stock]) => now - stock.at <= FRESH_MS);
    return {
      dropId,
      perCustomerLimit: known.perCustomerLimit,
      openForMs: known.openUntil === Infinity ? null : Math.max(0, known.openUntil - now),
      available: fresh.map(([sku, { units }]) => ({ sku, units })),
      customers: [...known.customers],
    };
  }

  private remember(dropId: string): Known {
    if (this.drops.size >= DROPS_MAX) {
      const [oldest] = this.drops.keys();
      if (oldest !== undefined) this.drops.delete(oldest);
    }
    const known: Known = {
      open: false,
      openUntil: 0,
      perCustomerLimit: 0,
      available: new Map(),
      customers: null,
      loading: null,
      doubtedUntil: 0,
    };
    this.drops.set(dropId, known);
    return known;
  }

  /** The lane continues during the load: customers served meanwhile are added to `loading`. */
  private async load(dropId: string, known: Known): Promise<void> {
    const loading = new Set<string>();
    known.loading = loading;
    const customers = await this.loadCustomers(dropId, this.customersMax).catch(() => null);
    if (known.loading !== loading) return; // became uncertain during the load
    known.loading = null;
    if (customers === null) {
      known.doubtedUntil = this.clock.monotonicMs() + DOUBT_MS; // do not retry at once
      return;
    }
    for (const customer of customers) loading.add(customer);
    if (loading.size > this.customersMax) this.doubt(dropId);
    else known.customers = loading;
  }
}
