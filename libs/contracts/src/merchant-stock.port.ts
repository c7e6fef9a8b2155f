import type { Hold } from './hold';
import type { Page } from './list-cursor';
import type {
  AdjustStock,
  AdjustStockOutcome,
  ListAdjustments,
  ListDropHolds,
  OfMerchant,
  ReleaseByMerchant,
  ReleaseByMerchantOutcome,
  StockAdjustment,
} from './merchant-stock';

/**
 * A merchant's operations on the stock and the holds of their drops, drafts included. Expected outcomes are
 * values; throws `ServiceUnavailable` if no answer arrives within the deadline.
 */
export abstract class MerchantStock {
  abstract ownsDrop(query: OfMerchant): Promise<boolean>;
  abstract adjustStock(command: AdjustStock): Promise<AdjustStockOutcome>;
  /** Oldest first, without the initial stock. Null if the merchant has no such drop. Throws `InvalidCursor`. */
  abstract listAdjustments(query: ListAdjustments): Promise<Page<StockAdjustment> | null>;
  /**
   * Holds in all states, in the order of their ids. Null if the merchant has no such drop. Throws
   * `InvalidCursor`.
   */
  abstract listDropHolds(query: ListDropHolds): Promise<Page<Hold> | null>;
  abstract releaseByMerchant(command: ReleaseByMerchant): Promise<ReleaseByMerchantOutcome>;
}
