import { completes, type StockRow } from '@holdfast/contracts';
import { isNewer } from '@holdfast/kernel';
import { follows } from '@holdfast/redis';

/** The counts of one drop in this process. They never go back. */
export class MirroredDrop {
  /** All counts are there, at least as new as any when the load began. */
  isLoaded = false;
  /** The rows' position in the view; null when they are from another source. */
  position: string | null = null;
  usedAtMs = 0;
  private readonly rows = new Map<string, StockRow>();
  /** The SKUs in order; null when they must be sorted again. */
  private order: string[] | null = null;

  constructor(readonly dropId: string) {}

  get size(): number {
    return this.rows.size;
  }

  /** By SKU. */
  list(): StockRow[] {
    this.order ??= [...this.rows.keys()].sort();
    return this.order.map((sku) => this.rows.get(sku)!);
  }

  /** Applies those that are newer, or complete one, and returns them, in the order given. */
  take(rows: readonly StockRow[]): StockRow[] {
    return rows.filter((row) => {
      const known = this.rows.get(row.sku);
      if (known && !isNewer(row, known) && !completes(row, known)) return false;
      if (!known) this.order = null;
      this.rows.set(row.sku, row);
      return true;
    });
  }

  /**
   * Records the position of a change after its rows were applied. False when a change before it may have been missed, or it is from another load of
   * the view: then the drop must be reloaded.
   */
  follow(position: string | null): boolean {
    if (this.hasReached(position)) return true;
    if (!follows(this.position, position)) return false;
    this.position = position;
    return true;
  }

  /** True when the position can be reached by following the feed. */
  isOfLife(position: string | null): boolean {
    return position !== null && position.split(':')[0] === this.position?.split(':')[0];
  }

  /** True when the rows contain all changes of the same load up to the position. */
  hasReached(position: string | null): boolean {
    if (position === null || this.position === null) return false;
    const [load, count] = position.split(':');
    const [ourLoad, ourCount] = this.position.split(':');
    return load === ourLoad && Number(count) <= Number(ourCount);
  }
}
