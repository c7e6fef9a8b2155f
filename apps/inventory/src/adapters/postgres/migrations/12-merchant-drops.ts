import type { Migration } from '@holdfast/postgres';

const COLUMNS = `
-- A deleted drop is a draft again, so that no shopper finds it; its rows stay, because rows of stock are never deleted.
ALTER TABLE inventory.drop ADD COLUMN deleted_at timestamptz CHECK (deleted_at IS NULL OR state = 'draft');
-- When the item was taken out of the drop, before the drop opened. Its row of stock stays, with no units.
ALTER TABLE inventory.item ADD COLUMN removed_at timestamptz;
CREATE INDEX drop_of_merchant ON inventory.drop (merchant_id, created_at DESC, drop_id);`;

/** What is needed to change and delete drops that have not opened. */
export const merchantDrops: Migration = {
  name: 'MerchantDrops1790000000012',
  statements: [COLUMNS],
};
