import type { OrderState, Page } from '@holdfast/contracts';
import type { OrderRecord } from '../../domain/order';

export interface MerchantOrdersQuery {
  merchantId: string;
  dropId: string | null;
  state: OrderState | null;
  /** The beginning of an order's id, an e-mail address or a customer's id; null: all orders. */
  startsWith: string | null;
  cursor: string | undefined;
  limit: number;
}

/** Orders by their merchant. Throws `ServiceUnavailable`. */
export abstract class MerchantOrderRecords {
  /** Newest first. Throws `InvalidCursor`. */
  abstract page(query: MerchantOrdersQuery): Promise<Page<OrderRecord>>;
  abstract get(merchantId: string, dropId: string, orderId: string): Promise<OrderRecord | null>;
}
