import type { StockRow } from '@holdfast/contracts';
import { isNewer } from '@holdfast/kernel';
import { follows } from '@holdfast/redis';

/** The counts of one drop in this process. They never go back. */
export class MirroredDrop {
  /** All counts are there, as new as they were anywhere when the load began. */
  isLoaded = false;
  /** Where the rows stand; null when they have come from elsewhere than the view. */
  position: string | null = null;
  usedAtMs = 0;
  private readonly rows = new Map<string, StockRow>();
  /** The SKUs in order; null until somebody asks after a new one came. */
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

  /** Takes the newer ones and returns them, in the order given. */
  take(rows: readonly StockRow[]): StockRow[] {
    return rows.filter((row) => {
      const known = this.rows.get(row.sku);
      if (known && !isNewer(row, known)) return false;
      if (!known) this.order = null;
      this.rows.set(row.sku, row);
      return true;
    });
  }

  /**
   * Takes note of a change that was told, after its rows were taken. False when something before it may have been missed, or the change is from
   * another life of the view: then the drop has to be read again.
   */
  follow(position: string | null): boolean {
    if (this.hasReached(position)) return true;
    if (!follows(this.position, position)) return false;
    this.position = position;
    return true;
  }

  /** True when that position may be reached by following the feed. */
  isOfLife(position: string | null): boolean {
    return position !== null && position.split(':')[0] === this.position?.split(':')[0];
  }

  /** True when all changes up to that position of the same life are in the rows. */
  hasReached(position: string | null): boolean {
    if (position === null || this.position === null) return false;
    const [load, count] = position.split(':');
    const [ourLoad, ourCount] = this.position.split(':');
    return load === ourLoad && Number(count) <= Number(ourCount);
  }
}
