import type { Migration } from '@holdfast/postgres';

const COLUMN = `
-- Who sells the drop. Null: not asked of inventory yet (merchants-of-drops.ts).
ALTER TABLE checkout.orders ADD COLUMN merchant_id text COLLATE "C";`;

/**
 * The merchant of each order, so that a merchant's reads have it in their predicate without a look at another schema. An order gets it when it
 * begins; those of before, and of processes of the release before, get it from a worker that asks inventory.
 */
export const merchantOrders: Migration = {
  name: 'MerchantOrders1790000100006',
  statements: [COLUMN],
};
