import type { IndexFile } from '@holdfast/postgres';

/** Orders are many, and are paid for while a ledger is upgraded: these are built beside that. */
export const orderIndexes: readonly IndexFile[] = [
  // What merchants-of-drops.ts still has to ask inventory for.
  { name: 'order_without_merchant', definition: 'ON checkout.orders (drop_id) WHERE merchant_id IS NULL' },
  // A merchant's lists, over all drops and of one, newest first. A customer's list serves the search by customer, the primary key that by order.
  {
    name: 'order_of_merchant',
    definition: 'ON checkout.orders (merchant_id, created_at DESC, order_id DESC)',
  },
  { name: 'order_of_drop', definition: 'ON checkout.orders (drop_id, created_at DESC, order_id DESC)' },
  // Addresses are ASCII, so the rules of "C" are all that lower needs.
  { name: 'order_of_email', definition: 'ON checkout.orders (merchant_id, lower(email COLLATE "C"))' },
  // What was settled in the last seconds, for the live figures of a launch.
  {
    name: 'order_settled',
    definition: `ON checkout.orders (drop_id, updated_at) WHERE state IN ('paid', 'failed')`,
  },
];
