import { type StockRow, StockView } from '@holdfast/contracts';

/**
 * A stock view that lies outside this process. Several projectors write it, and it may lose what it has while they live: it is restarted, wiped, or
 * away for a while. So they watch over it (`KeepSharedView`).
 */
export abstract class SharedStockView extends StockView {
  /**
   * False when the view may lack something that it was given: it was lost, or could not be reached when rows came. Throws when it cannot be
   * reached now.
   */
  abstract isWhole(): Promise<boolean>;

  /** Lets `work` load every drop, and takes the view for whole again if nothing was lost meanwhile; else false. Throws what `work` throws. */
  abstract reload(work: () => Promise<void>): Promise<boolean>;

  /** Takes all rows of a drop, read from the ledger just now; the drop is whole after it. Returns the rows that were newer. Throws when it cannot. */
  abstract load(dropId: string, rows: readonly StockRow[]): Promise<StockRow[]>;

  /** Says that the view keeps up: as of that moment (RFC 3339) it was right, and may be trusted for so long from now. */
  abstract vouch(lastsMs: number, asOf: string): Promise<void>;
}
