import { networkNames, type Shortage } from '@holdfast/contracts';
import type { Clock } from '@holdfast/kernel';
import { Gate, type GateQuery, type GateVerdict } from '../../application/ports/gate.port';
import type { LaneNews } from '../../application/ports/ledger.port';

/** Loads the customers who have or had units in a drop; null when there are more than `max`. */
export type LoadCustomers = (dropId: string, max: number) => Promise<string[] | null>;

// All changes of this process's drops pass its own lanes, so knowledge is exact but for the clock and for operators on other
// connections. A quarter of a second bounds both, and costs four batches a second at most.
const FRESH_MS = 250;
// A statement that was given up may still commit until the server's own time-outs end it; they are shorter than this.
const DOUBT_MS = 10_000;
const CUSTOMERS_MAX = 200_000; // about 20 MB; a drop with more asks the ledger
const DROPS_MAX = 1_000; // the oldest is forgotten beyond

const ASK: GateVerdict = { kind: 'ask' };

interface Known {
  open: boolean;
  openUntil: number;
  perCustomerLimit: number;
  available: Map<string, { units: number; at: number }>;
  /** Everybody who may have a hold here, and networks near their limit; null while that is not completely known. */
  customers: Set<string> | null;
  /** Customers who came in while the others were being loaded. */
  loading: Set<string> | null;
  doubtedUntil: number;
}

/** The gate of a process that owns all lanes of its drops: fed by them alone. */
export class MemoryGate extends Gate {
  private readonly drops = new Map<string, Known>();

  constructor(
    private readonly clock: Clock,
    private readonly loadCustomers: LoadCustomers,
    private readonly customersMax = CUSTOMERS_MAX,
  ) {
    super();
  }

  check(query: GateQuery): GateVerdict {
    const shortLines = this.surelyShort(query);
    return shortLines === null ? ASK : { kind: 'short', shortLines };
  }

  /** The indexes of all lines that do not fit, when that is sure. */
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
    // The limit of the network is the reason then.
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
      // Nothing is refused early then, so nothing need be known; a drop that opens again loads them again.
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

  /** It always looks. */
  goesUnseen(): void {}

  /** Nobody is counted who is on the way, so there is nothing to give back. */
  withdraw(): void {}

  /** What it knows ages in a quarter of a second; nothing else need heal it. */
  heal(): Promise<void> {
    return Promise.resolve();
  }

  /** It never makes anybody wait. */
  onChange(): void {}

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

  /** The lane goes on meanwhile: whoever it serves from now on is noted in `loading`, so nobody is missed between the two. */
  private async load(dropId: string, known: Known): Promise<void> {
    const loading = new Set<string>();
    known.loading = loading;
    const customers = await this.loadCustomers(dropId, this.customersMax).catch(() => null);
    if (known.loading !== loading) return; // doubted meanwhile
    known.loading = null;
    if (customers === null) {
      known.doubtedUntil = this.clock.monotonicMs() + DOUBT_MS; // do not ask again at once
      return;
    }
    for (const customer of customers) loading.add(customer);
    if (loading.size > this.customersMax) this.doubt(dropId);
    else known.customers = loading;
  }
}
