-- Inserts the initial stock of new items, with its movement, so that total = sum of movements from the first
-- commit on.
-- $1 drop_id, $2 skus, $3 units, $4 actor, $5 stock_display. Rows: one for each.
WITH first_stock AS (
  INSERT INTO inventory.stock (drop_id, sku, total, available, held, sold, stock_display)
  SELECT $1, sku, units, units, 0, 0, $5
  FROM unnest($2::text[], $3::bigint[]) AS it (sku, units)
  RETURNING drop_id, sku, total
)
INSERT INTO inventory.movement (drop_id, movement_id, sku, delta, reason, actor)
SELECT drop_id, 'initial', sku, total, 'initial stock', $4
FROM first_stock
