import type { Migration } from '@holdfast/postgres';

const COLUMNS = `
ALTER TABLE inventory.stock
  -- As of the drop, beside the counts: a row in the change stream says by itself what shoppers may see of it.
  ADD COLUMN stock_display text NOT NULL DEFAULT 'exact' CHECK (stock_display IN ('exact', 'bands', 'hidden')),
  -- Version and time of what shoppers see, while that is not the counts. Kept by a trigger, see define-show-stock.sql.
  ADD COLUMN shown_version bigint NOT NULL DEFAULT 1,
  ADD COLUMN shown_at timestamptz(3);
ALTER TABLE inventory.drop
  -- The same for all items together. Null: nothing has changed since the drop was made or got these columns.
  ADD COLUMN shown_band text CHECK (shown_band IN ('plenty', 'few', 'last', 'none', 'some')),
  ADD COLUMN shown_version bigint NOT NULL DEFAULT 0,
  ADD COLUMN shown_at timestamptz(3);`;

// A new version for each, so that no reader of the stream keeps a row of before, which shows its numbers.
const ROWS_OF_BEFORE = `
UPDATE inventory.stock s
SET stock_display = d.stock_display, version = s.version + 1, shown_version = s.version + 1, shown_at = clock_timestamp()
FROM inventory.drop d
WHERE d.drop_id = s.drop_id AND d.stock_display <> 'exact';`;

/** What shoppers see of the counts, where the merchant does not show the numbers. */
export const shownStock: Migration = {
  name: 'ShownStock1790000000016',
  statements: [COLUMNS, ROWS_OF_BEFORE],
};
