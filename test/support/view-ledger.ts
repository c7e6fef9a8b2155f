import type { DropRecord, StockRow } from '@holdfast/contracts';
import { ServiceUnavailable } from '@holdfast/contracts';

/** A ledger of counts in memory: what was committed, and who is told of it. */
export class ViewLedger {
  private readonly drops = new Map<string, Map<string, StockRow>>();
  private readonly told = new Set<(row: StockRow) => void>();
  reads = 0;
  isAway = false;

  addDrop(dropId: string, skus: readonly string[], units = 1_000_000): void {
    const asOf = new Date().toISOString();
    const row = (sku: string): StockRow => {
      const counts = { total: units, available: units, held: 0, sold: 0 };
      return { dropId, sku, ...counts, epoch: 0, version: 1, asOf };
    };
    this.drops.set(dropId, new Map(skus.map((sku) => [sku, row(sku)])));
    for (const sku of skus) this.tell(this.row(dropId, sku));
  }

  /** Commits one more unit held. */
  hold(dropId: string, sku: string): StockRow {
    const row = this.row(dropId, sku);
    const next = {
      ...row,
      available: row.available - 1,
      held: row.held + 1,
      version: row.version + 1,
      asOf: new Date().toISOString(),
    };
    this.drops.get(dropId)!.set(sku, next);
    this.tell(next);
    return next;
  }

  row(dropId: string, sku: string): StockRow {
    return this.drops.get(dropId)!.get(sku)!;
  }

  versions(dropId: string): Map<string, number> {
    return new Map([...this.drops.get(dropId)!].map(([sku, { version }]) => [sku, version]));
  }

  /** The committed rows in the order of their commits, as a change stream brings them. */
  follow(listener: (row: StockRow) => void): () => void {
    this.told.add(listener);
    return () => this.told.delete(listener);
  }

  async stockOf(dropId: string): Promise<StockRow[]> {
    this.reads += 1;
    if (this.isAway) throw new ServiceUnavailable('the ledger is away');
    return [...(this.drops.get(dropId)?.values() ?? [])];
  }

  async activeDrops(after: string, limit: number): Promise<string[]> {
    if (this.isAway) throw new ServiceUnavailable('the ledger is away');
    return [...this.drops.keys()]
      .sort()
      .filter((dropId) => dropId > after)
      .slice(0, limit);
  }

  async getDrop(dropId: string): Promise<DropRecord | null> {
    const rows = this.drops.get(dropId);
    if (!rows) return null;
    const price = { amountMinor: 100, currency: 'EUR' };
    return {
      id: dropId,
      merchantId: 'mer_test',
      name: dropId,
      description: '',
      imageUrl: null,
      state: 'open',
      mode: 'first-come',
      opensAt: null,
      closesAt: null,
      perCustomerLimit: 4,
      holdTtlSeconds: 300,
      stockDisplay: 'exact',
      admission: { perMinute: null, from: null },
      revision: 1,
      createdAt: new Date(0).toISOString(),
      items: [...rows.keys()].map((sku) => ({ sku, name: sku, price, imageUrl: null })),
    };
  }

  private tell(row: StockRow): void {
    for (const listener of this.told) listener(row);
  }
}
