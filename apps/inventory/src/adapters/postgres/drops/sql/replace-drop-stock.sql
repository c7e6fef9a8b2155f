-- Sets the totals of all SKUs of a drop that is locked and has never opened; those that are not named get 0, because rows of stock are never
-- deleted. Each change is a movement, so that total = sum of movements. The CHECKs refuse to go below what is held and sold.
-- $1 drop_id, $2 skus, $3 units, $4 movement_id, $5 actor, $6 stock_display of new ones. Rows: one for each SKU that is new or has another total.
WITH wanted AS (
  SELECT sku, units FROM unnest($2::text[], $3::bigint[]) AS it (sku, units)
),
added AS (
  INSERT INTO inventory.stock (drop_id, sku, total, available, held, sold, stock_display)
  SELECT $1, w.sku, w.units, w.units, 0, 0, $6
  FROM wanted w
  WHERE NOT EXISTS (SELECT FROM inventory.stock s WHERE s.drop_id = $1 AND s.sku = w.sku)
  RETURNING sku, total AS delta
),
before AS (
  SELECT s.sku, s.total, coalesce(w.units, 0) AS units
  FROM inventory.stock s
  LEFT JOIN wanted w ON w.sku = s.sku
  WHERE s.drop_id = $1
),
moved AS (
  UPDATE inventory.stock s SET total = b.units, available = b.units - s.held - s.sold, version = s.version + 1
  FROM before b
  WHERE s.drop_id = $1 AND s.sku = b.sku AND b.total <> b.units
  RETURNING s.sku, b.units - b.total AS delta
)
INSERT INTO inventory.movement (drop_id, movement_id, sku, delta, reason, actor)
SELECT $1, $4, sku, delta, 'items of the drop changed', $5
FROM (SELECT sku, delta FROM added UNION ALL SELECT sku, delta FROM moved) change
