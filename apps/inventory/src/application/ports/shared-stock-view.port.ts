import type { StockRow } from '@holdfast/contracts';
import { StockViewWriter } from './stock-view-writer.port';

/**
 * A stock view outside this process. Several projectors write it, and it may lose data while they run: it may
 * be restarted, deleted or unreachable. `KeepSharedView` monitors it.
 */
export abstract class SharedStockView extends StockViewWriter {
  /**
   * False if the view may lack rows: it has lost data, or was unreachable when rows arrived. Throws if it is
   * unreachable now.
   */
  abstract isWhole(): Promise<boolean>;

  /**
   * Runs `work`, which loads every drop, and marks the view as whole if no data were lost meanwhile; else
   * false. Throws what `work` throws.
   */
  abstract reload(work: () => Promise<void>): Promise<boolean>;

  /**
   * Stores all rows of a drop, read from the ledger just now; the drop is then whole. Returns the newer rows.
   * Throws if the view is unreachable.
   */
  abstract load(dropId: string, rows: readonly StockRow[]): Promise<StockRow[]>;

  /**
   * Confirms that the view was correct as of that moment (RFC 3339) and may be trusted for that long from
   * now.
   */
  abstract confirm(lastsMs: number, asOf: string): Promise<void>;
}
