import type { StockRow } from '@holdfast/contracts';

/** The ledger's counts, for gateways that cannot use the stock view. */
export abstract class CountsReader {
  /** By SKU; empty for an unknown drop. */
  abstract stockOf(dropId: string): Promise<StockRow[]>;
}
