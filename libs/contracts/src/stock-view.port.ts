import type { StockVersion } from '@holdfast/kernel';

/** The four counts of one SKU in a drop: `total = available + held + sold`, each ≥ 0. */
export interface StockRow extends StockVersion {
  dropId: string;
  sku: string;
  total: number;
  available: number;
  held: number;
  sold: number;
  /** When the ledger committed this state, RFC 3339 UTC. */
  asOf: string;
}

/** How fresh the view is: `staleSince` is null while the change stream keeps up, else the moment it fell behind. */
export interface ViewFreshness {
  staleSince: string | null;
}

/**
 * The cached counts that pages and SSE read. Written by the projector alone, from full-state events; it never goes back: a row is
 * taken only when its (epoch, version) is greater than the one there.
 */
export abstract class StockView {
  /** True when `apply` itself tells the live feed what it took, in one step with taking it: then nobody else must. */
  get announces(): boolean {
    return false;
  }

  /** True when other processes show the same counts: what a reader saw last may have come from one of them. */
  get isShared(): boolean {
    return false;
  }

  /** Takes the rows that are newer than those there. Returns just these, in the order given. */
  abstract apply(rows: readonly StockRow[]): Promise<StockRow[]>;
  /** All rows of a drop, by SKU; empty when nothing of it has arrived. */
  abstract ofDrop(dropId: string): Promise<StockRow[]>;
  abstract freshness(): Promise<ViewFreshness>;
  abstract setFreshness(freshness: ViewFreshness): Promise<void>;

  /**
   * Makes what `ofDrop` gives as new as anything that any process had shown of the drop before this call; false when that cannot be done now.
   * A view that only this process shows has nothing to do.
   */
  catchUp(_dropId: string): Promise<boolean> {
    return Promise.resolve(true);
  }
}
