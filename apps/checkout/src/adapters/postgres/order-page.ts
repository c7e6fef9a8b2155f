import { decodeCursor, encodeCursor, type Page } from '@holdfast/contracts';
import type { OrderRecord } from '../../domain/order';

/** The position behind which a page begins; null: at the newest order. Throws `InvalidCursor`. */
export const positionOf = (cursor: string | undefined) =>
  cursor === undefined ? null : decodeCursor(cursor);

/** A page of orders of which one more was read than requested, which shows whether there is a next page. */
export function pageOfOrders(rows: readonly OrderRecord[], limit: number): Page<OrderRecord> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const isMore = rows.length > limit && last !== undefined;
  return { items, nextCursor: isMore ? encodeCursor({ createdAt: last.createdAt, id: last.orderId }) : null };
}
