import type { Hold, HoldState, OfMerchant, StockAdjustment } from '@holdfast/contracts';

/** The end of a page of adjustments: its last one. `createdAt` has microseconds. */
export interface AdjustmentPosition {
  createdAt: string;
  id: string;
}

export interface DropHoldsQuery extends OfMerchant {
  /** Null: in all states. An overdue hold counts as expired. */
  state: HoldState | null;
  customerId: string | null;
  /** The id of the last hold of the page before; null: the first page. */
  after: string | null;
  limit: number;
}

/** Stock and holds of a merchant's drops, drafts included, read from the ledger. Throws `ServiceUnavailable`. */
export abstract class StockRecords {
  abstract owns(query: OfMerchant): Promise<boolean>;
  /** Oldest first; `last` is the position of the last one, null on the last page. */
  abstract adjustments(
    query: OfMerchant & { after: AdjustmentPosition | null; limit: number },
  ): Promise<{ items: StockAdjustment[]; last: AdjustmentPosition | null }>;
  /** In the order of their ids. */
  abstract holds(query: DropHoldsQuery): Promise<{ items: Hold[]; isLast: boolean }>;
}
