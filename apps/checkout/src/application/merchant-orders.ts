import {
  type ListMerchantOrders,
  type MerchantOrderRef,
  MerchantOrders,
  type Page,
  type StaffOrder,
} from '@holdfast/contracts';
import { dropIdOf } from '@holdfast/kernel';
import { toStaffOrder } from '../domain/render-order';
import type { MerchantOrderRecords } from './ports/merchant-order-records.port';

/** The orders of a merchant's drops, for staff. */
export class LedgerMerchantOrders extends MerchantOrders {
  constructor(private readonly records: MerchantOrderRecords) {
    super();
  }

  override async listMerchantOrders(query: ListMerchantOrders): Promise<Page<StaffOrder>> {
    const { merchantId, dropId = null, state = null, q = null, cursor, limit } = query;
    const page = await this.records.page({ merchantId, dropId, state, startsWith: q, cursor, limit });
    return { items: page.items.map(toStaffOrder), nextCursor: page.nextCursor };
  }

  override async getMerchantOrder({ merchantId, orderId }: MerchantOrderRef): Promise<StaffOrder | null> {
    const dropId = dropIdOf(orderId);
    const order = dropId === undefined ? null : await this.records.get(merchantId, dropId, orderId);
    return order && toStaffOrder(order);
  }
}
