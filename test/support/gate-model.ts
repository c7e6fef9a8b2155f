import type { StockRow } from '@holdfast/contracts';
import { RedisConnection, type LuaCall, type LuaScript } from '@holdfast/redis';
import type { GateSale, GateSource } from '../../apps/inventory/src/application/ports/gate-source.port';
import type { LaneNews, UnitsOnOffer } from '../../apps/inventory/src/application/ports/ledger.port';
import type { PlaceCommand } from '../../apps/inventory/src/domain/lane-command';
import { ModelLedger } from './model-ledger';

export type Lines = readonly { sku: string; quantity: number }[];
export const GATE_MODEL_LIMIT = 4;

/** What the ledger says about one drop: the plain rules, and every state that each of its rows has ever been in. */
export class LedgerOfDrop {
  readonly rows = new Map<string, StockRow[]>();
  private readonly rules: ModelLedger;

  constructor(
    readonly dropId: string,
    units: Record<string, number>,
  ) {
    this.rules = new ModelLedger(units, GATE_MODEL_LIMIT);
    for (const [sku, available] of Object.entries(units))
      this.rows.set(sku, [this.rowOf(sku, available, available, 1)]);
  }

  get skus(): string[] {
    return [...this.rows.keys()];
  }

  total(sku: string): number {
    return this.rows.get(sku)![0]!.total;
  }

  available(sku: string): number {
    return this.rules.available.get(sku)!;
  }

  holds(holdId: string): boolean {
    return this.rules.holds.has(holdId);
  }

  /** Customers who have or had units. */
  customers(): string[] {
    return [...new Set([...this.rules.holds.values()].map(({ place }) => place.customerId))];
  }

  /** A batch with one place; what it tells. */
  async place(holdId: string, customerId: string, lines: Lines): Promise<LaneNews> {
    const command: PlaceCommand = { kind: 'place', holdId, customerId, fingerprint: '', lines };
    const { answers } = await this.rules.runBatch(this.dropId, [command]);
    this.count();
    const customers = answers[0]!.kind === 'held' ? [customerId] : [];
    return this.news({ customers, decided: [holdId] });
  }

  /** The hold is released or its time is over: its units are on offer again. Null when there is nothing to end. */
  async end(holdId: string): Promise<LaneNews | null> {
    const hold = this.rules.holds.get(holdId);
    if (hold?.state !== 'held') return null;
    const { customerId } = hold.place;
    await this.rules.runBatch(this.dropId, [{ kind: 'release', holdId, customerId, orderId: null }]);
    this.count();
    return this.news({});
  }

  sale(): GateSale {
    return { ...this.news({}), opensInMs: null };
  }

  newestRows(): StockRow[] {
    return [...this.rows.values()].map((states) => states.at(-1)!);
  }

  private news(more: Partial<LaneNews>): LaneNews {
    const available = new Map<string, UnitsOnOffer>(
      this.newestRows().map(({ sku, available: units, epoch, version }) => [sku, { units, epoch, version }]),
    );
    const { dropId } = this;
    const drop = { dropId, open: true, closesInMs: null, perCustomerLimit: GATE_MODEL_LIMIT, available };
    return { ...drop, customers: [], decided: [], ...more };
  }

  private count(): void {
    for (const [sku, states] of this.rows) {
      const last = states.at(-1)!;
      const available = this.available(sku);
      if (available !== last.available) states.push(this.rowOf(sku, last.total, available, last.version + 1));
    }
  }

  private rowOf(sku: string, total: number, available: number, version: number): StockRow {
    const { dropId } = this;
    const counts = { total, available, held: total - available, sold: 0 };
    return { dropId, sku, ...counts, epoch: 1, version, asOf: new Date(0).toISOString() };
  }
}

/** Reads of one instance from the ledger. While it is slow it says later what it has seen now. */
export class LedgerReader implements GateSource {
  slow = false;
  private held: (() => void)[] = [];

  constructor(private readonly drops: readonly LedgerOfDrop[]) {}

  saleOf(dropId: string, skus: readonly string[] | null): Promise<GateSale | null> {
    const sale = this.dropOf(dropId).sale();
    return skus === null ? this.say(sale) : Promise.resolve(sale);
  }

  customersOf(dropId: string): Promise<string[]> {
    return this.say(this.dropOf(dropId).customers());
  }

  letGo(): void {
    this.slow = false;
    for (const say of this.held.splice(0)) say();
  }

  private dropOf(dropId: string): LedgerOfDrop {
    return this.drops.find((drop) => drop.dropId === dropId)!;
  }

  private say<T>(answer: T): Promise<T> {
    if (!this.slow) return Promise.resolve(answer);
    return new Promise((resolve) => this.held.push(() => resolve(answer)));
  }
}

/**
 * A connection of one instance that breaks when the test says so, on a client that the instances share: what they send arrives in the order
 * in which it was sent, so that a seed gives the same history again.
 */
export class BreakableRedis extends RedisConnection {
  losesNextReply = false;
  private state: 'up' | 'stalled' | 'cut' = 'up';
  private cuts = 0;
  private underWay = 0;

  constructor(shared: RedisConnection) {
    super(shared.client, shared.address);
  }

  override get isUp(): boolean {
    return this.state !== 'cut';
  }

  get reachesRedis(): boolean {
    return this.state === 'up';
  }

  get isQuiet(): boolean {
    return this.underWay === 0;
  }

  override placeOf(key: string): string {
    return `${super.placeOf(key)} ${this.cuts}`;
  }

  override script(script: LuaScript): LuaCall {
    const call = super.script(script);
    return async (keys, args) => {
      this.underWay += 1;
      try {
        if (!this.reachesRedis) throw new Error('not sent');
        const answer = await call(keys, args);
        if (this.losesNextReply) this.cut();
        if (!this.reachesRedis) throw new Error('the reply was lost');
        return answer;
      } finally {
        this.underWay -= 1;
      }
    };
  }

  cut(): void {
    this.losesNextReply = false;
    if (this.state !== 'cut') this.cuts += 1;
    this.state = 'cut';
  }

  /** Calls fail although the connection stays: Redis is slow, or full. */
  stall(): void {
    if (this.state === 'up') this.state = 'stalled';
  }

  mend(): void {
    this.losesNextReply = false;
    this.state = 'up';
  }
}
