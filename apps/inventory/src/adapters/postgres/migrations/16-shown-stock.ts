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
  ADD COLUMN shown_at timestamptz(3);
-- All units of a drop that does not show its numbers, kept by a trigger. One small row, changed with each batch of the drop.
CREATE TABLE inventory.shown_units (
  drop_id text COLLATE "C" PRIMARY KEY REFERENCES inventory.drop,
  available bigint NOT NULL,
  total bigint NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 2000);
GRANT SELECT, INSERT, UPDATE ON inventory.shown_units TO holdfast_inventory;
GRANT SELECT ON inventory.shown_units TO holdfast_auditor;`;

// A new version for each row, so that no reader of the stream keeps a row of before, which shows its numbers.
const ROWS_OF_BEFORE = `
UPDATE inventory.stock s
SET stock_display = d.stock_display, version = s.version + 1, shown_version = s.version + 1, shown_at = clock_timestamp()
FROM inventory.drop d
WHERE d.drop_id = s.drop_id AND d.stock_display <> 'exact';
INSERT INTO inventory.shown_units (drop_id, available, total)
SELECT drop_id, sum(available), sum(total) FROM inventory.stock WHERE stock_display <> 'exact' GROUP BY drop_id;`;

/** What shoppers see of the counts, where the merchant does not show the numbers. */
export const shownStock: Migration = {
  name: 'ShownStock1790000000016',
  statements: [COLUMNS, ROWS_OF_BEFORE],
};
