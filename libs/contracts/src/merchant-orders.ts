import { z } from 'zod';
import { orderSchema } from './order';
import { anyId, cursor, pageLimit } from './values';

/** An order as staff see it. */
export const staffOrderSchema = orderSchema
  .extend({ email: z.string(), customerId: z.string() })
  .meta({ id: 'StaffOrder' });
export type StaffOrder = z.infer<typeof staffOrderSchema>;

export const ORDER_STATES = orderSchema.shape.state.options;

export const SEARCH_LENGTH_MAX = 300;

export const listMerchantOrdersSchema = z.object({
  merchantId: anyId,
  /** Missing: of all drops. */
  dropId: anyId.optional(),
  state: orderSchema.shape.state.optional(),
  /** The beginning or the whole of an order's id, an e-mail address or a customer's id. Never a pattern. */
  q: z.string().min(1).max(SEARCH_LENGTH_MAX).optional(),
  cursor: cursor.optional(),
  limit: pageLimit,
});
export type ListMerchantOrders = z.infer<typeof listMerchantOrdersSchema>;

export const merchantOrderRefSchema = z.object({ merchantId: anyId, orderId: anyId });
export type MerchantOrderRef = z.infer<typeof merchantOrderRefSchema>;
