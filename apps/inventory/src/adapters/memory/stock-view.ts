import { ServiceUnavailable, type StockRow, StockView, type ViewFreshness } from '@holdfast/contracts';
import { isNewer } from '@holdfast/kernel';

interface DropRows {
  rows: Map<string, StockRow>;
  /** The SKUs in order; null until somebody asks after a new one came. Sorting thousands at each page view would cost milliseconds. */
  order: string[] | null;
  /** The rows of before are being read back; those that the stream brings meanwhile are here already. */
  loading: Promise<void> | null;
}

const ROWS_MAX = 100_000; // some 25 MB: five drops of the largest size; drops that are closed are seldom looked at and go first

/**
 * The stock view of a product that runs in one process. It begins empty: the change stream's snapshot fills it. Of drops that nobody has asked or
 * told about for longest it keeps no more than the id, and reads them back from the ledger when somebody asks.
 */
export class MemoryStockView extends StockView {
  /** The one used last comes last. */
  private readonly drops = new Map<string, DropRows>();
  private readonly forgotten = new Set<string>();
  private size = 0;
  private current: ViewFreshness = { staleSince: null };

  constructor(
    private readonly load: (dropId: string) => Promise<readonly StockRow[]>,
    private readonly rowsMax = ROWS_MAX,
  ) {
    super();
  }

  /** How many rows it keeps. */
  get rows(): number {
    return this.size;
  }

  override async apply(rows: readonly StockRow[]): Promise<StockRow[]> {
    return rows.filter((row) => this.take(row));
  }

  override async ofDrop(dropId: string): Promise<StockRow[]> {
    const drop = this.forgotten.has(dropId) ? this.recall(dropId) : this.drops.get(dropId);
    if (!drop) return [];
    if (drop.loading) await drop.loading;
    this.touch(dropId, drop);
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
    // Nothing to compare it with, and not worth a query: it is passed on, and readers compare versions themselves.
    if (this.forgotten.has(row.dropId)) return true;
    const drop = this.drops.get(row.dropId) ?? { rows: new Map(), order: null, loading: null };
    this.touch(row.dropId, drop);
    const known = drop.rows.get(row.sku);
    if (known && !isNewer(row, known)) return false;
    if (!known) {
      drop.order = null;
      this.size += 1;
    }
    drop.rows.set(row.sku, row);
    if (this.size > this.rowsMax) this.forgetSome(row.dropId);
    return true;
  }

  private touch(dropId: string, drop: DropRows): void {
    if (this.forgotten.has(dropId)) return; // while it was being read
    this.drops.delete(dropId);
    this.drops.set(dropId, drop);
  }

  private forgetSome(but: string): void {
    for (const [dropId, drop] of this.drops) {
      if (this.size <= this.rowsMax) return;
      if (dropId === but || drop.loading) continue;
      this.drops.delete(dropId);
      this.forgotten.add(dropId);
      this.size -= drop.rows.size;
    }
  }

  private recall(dropId: string): DropRows {
    const drop: DropRows = { rows: new Map(), order: null, loading: null };
    this.forgotten.delete(dropId);
    this.drops.set(dropId, drop);
    drop.loading = this.read(dropId, drop);
    return drop;
  }

  private async read(dropId: string, drop: DropRows): Promise<void> {
    try {
      for (const row of await this.load(dropId)) this.take(row);
    } catch (error) {
      this.drops.delete(dropId);
      this.forgotten.add(dropId);
      this.size -= drop.rows.size;
      throw new ServiceUnavailable(`reading counts: ${(error as Error).message}`);
    } finally {
      drop.loading = null;
    }
  }
}
