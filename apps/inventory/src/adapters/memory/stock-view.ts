import { type StockRow, StockView, type ViewFreshness } from '@holdfast/contracts';
import { isNewer } from '@holdfast/kernel';

interface DropRows {
  rows: Map<string, StockRow>;
  /** The SKUs in order; null until somebody asks after a new one came. Sorting thousands at each page view would cost milliseconds. */
  order: string[] | null;
}

/** The stock view of a product that runs in one process. It begins empty: the change stream's snapshot fills it. */
export class MemoryStockView extends StockView {
  private readonly drops = new Map<string, DropRows>();
  private current: ViewFreshness = { staleSince: null };

  override async apply(rows: readonly StockRow[]): Promise<StockRow[]> {
    return rows.filter((row) => this.take(row));
  }

  override async ofDrop(dropId: string): Promise<StockRow[]> {
    const drop = this.drops.get(dropId);
    if (!drop) return [];
    drop.order ??= [...drop.rows.keys()].sort();
    return drop.order.map((sku) => drop.rows.get(sku)!);
  }

  override async freshness(): Promise<ViewFreshness> {
    return this.current;
  }

  override async setFreshness(freshness: ViewFreshness): Promise<void> {
    this.current = freshness;
  }

  private take(row: StockRow): boolean {
    let drop = this.drops.get(row.dropId);
    if (!drop) this.drops.set(row.dropId, (drop = { rows: new Map(), order: null }));
    const known = drop.rows.get(row.sku);
    if (known && !isNewer(row, known)) return false;
    if (!known) drop.order = null;
    drop.rows.set(row.sku, row);
    return true;
  }
}
