import type { StockRow } from '@holdfast/contracts';

/** The stock view for its only writer, the projector. */
export abstract class StockViewWriter {
  /**
   * Stores the rows that are newer, and publishes them to live readers in the same step. Returns these, in
   * the given order.
   */
  abstract apply(rows: readonly StockRow[]): Promise<StockRow[]>;
  /** All rows of a drop, by SKU, for the comparison with the ledger. */
  abstract ofDrop(dropId: string): Promise<StockRow[]>;
}
