import type { StockRow } from '@holdfast/contracts';
import type { DropUpkeep } from '../ports/drop-upkeep.port';
import type { SharedStockView } from '../ports/shared-stock-view.port';

/**
 * Counts read from the ledger, for gateways that cannot use the view. They are written to the view first, if
 * it is reachable, so that a reader who moves to another gateway does not see older counts.
 */
export class ReadStock {
  constructor(
    private readonly upkeep: Pick<DropUpkeep, 'stockOf'>,
    private readonly view: Pick<SharedStockView, 'load'>,
  ) {}

  /** By SKU; empty for an unknown drop. */
  async stockOf(dropId: string): Promise<StockRow[]> {
    const rows = await this.upkeep.stockOf(dropId);
    if (rows.length > 0) await this.view.load(dropId, rows).catch(() => undefined);
    return rows;
  }
}
