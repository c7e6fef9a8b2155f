import type { Page } from './list-cursor';
import type { ListMerchantOrders, MerchantOrderRef, StaffOrder } from './merchant-orders';

/** The orders of a merchant's drops. Throws `ServiceUnavailable` if no answer arrives within the deadline. */
export abstract class MerchantOrders {
  /** Newest first. Throws `InvalidCursor`. */
  abstract listMerchantOrders(query: ListMerchantOrders): Promise<Page<StaffOrder>>;
  /** Null if unknown or another merchant's. */
  abstract getMerchantOrder(query: MerchantOrderRef): Promise<StaffOrder | null>;
}
