import type { StockRow } from '@holdfast/contracts';

/** The ledger's counts for those who cannot rely on the stock view for the moment. */
export abstract class CountsReader {
  /** By SKU; empty for an unknown drop. */
  abstract stockOf(dropId: string): Promise<StockRow[]>;
}
