import type { Migration } from '@holdfast/postgres';

const COLUMNS = `
ALTER TABLE inventory.movement
  -- Hash of the request's body: the same key with another body is misuse, not a replay.
  ADD COLUMN fingerprint text COLLATE "C",
  -- Who made it, as the audit tells it. Rows of before have a word in actor only.
  ADD COLUMN made_by jsonb,
  -- The counts just after it: [total, available, held, sold, epoch, version].
  ADD COLUMN stock_after jsonb;
-- The list of a drop's adjustments: neither the stock with which it began nor the edits of its items before it opened.
CREATE INDEX movement_adjusted ON inventory.movement (drop_id, created_at, movement_id)
  WHERE movement_id <> 'initial' AND movement_id NOT LIKE 'items-%';`;

/** A merchant's stock adjustments answer a repeated request as they answered the first, and can be listed. */
export const stockAdjustments: Migration = {
  name: 'StockAdjustments1790000000013',
  statements: [COLUMNS],
};
