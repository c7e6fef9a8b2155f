import { type StockRow, StockView, type ViewFreshness } from '@holdfast/contracts';
import { isNewer } from '@holdfast/kernel';

/** The stock view of a product that runs in one process. It begins empty: the change stream's snapshot fills it. */
export class MemoryStockView extends StockView {
  private readonly drops = new Map<string, Map<string, StockRow>>();
  private current: ViewFreshness = { staleSince: null };

  override async apply(rows: readonly StockRow[]): Promise<StockRow[]> {
    return rows.filter((row) => this.take(row));
  }

  override async ofDrop(dropId: string): Promise<StockRow[]> {
    const rows = [...(this.drops.get(dropId)?.values() ?? [])];
    return rows.sort((a, b) => (a.sku < b.sku ? -1 : 1));
  }

  override async freshness(): Promise<ViewFreshness> {
    return this.current;
  }

  override async setFreshness(freshness: ViewFreshness): Promise<void> {
    this.current = freshness;
  }

  private take(row: StockRow): boolean {
    let rows = this.drops.get(row.dropId);
    if (!rows) this.drops.set(row.dropId, (rows = new Map()));
    const known = rows.get(row.sku);
    if (known && !isNewer(row, known)) return false;
    rows.set(row.sku, row);
    return true;
  }
}
