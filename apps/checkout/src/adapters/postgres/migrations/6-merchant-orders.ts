import type { Migration } from '@holdfast/postgres';

const COLUMN = `
-- Who sells the drop. Null: not asked of inventory yet (merchants-of-drops.ts).
ALTER TABLE checkout.orders ADD COLUMN merchant_id text COLLATE "C";
CREATE INDEX order_without_merchant ON checkout.orders (drop_id) WHERE merchant_id IS NULL;`;

const INDEXES = `
-- A merchant's lists, over all drops and of one, newest first. A customer's list serves the search by customer, the primary key that by order.
CREATE INDEX order_of_merchant ON checkout.orders (merchant_id, created_at DESC, order_id DESC);
CREATE INDEX order_of_drop ON checkout.orders (drop_id, created_at DESC, order_id DESC);
-- Addresses are ASCII, so the rules of "C" are all that lower needs.
CREATE INDEX order_of_email ON checkout.orders (merchant_id, lower(email COLLATE "C"));`;

/**
 * The merchant of each order, so that a merchant's reads have it in their predicate without a look at another schema. An order gets it when it
 * begins; those of before, and of processes of the release before, get it from a worker that asks inventory.
 */
export const merchantOrders: Migration = {
  name: 'MerchantOrders1790000100006',
  statements: [COLUMN, INDEXES],
};
