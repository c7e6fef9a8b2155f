-- Copies a slice of a drop's items to its ghost, with stock of its own and the movement of it.
-- $1 ghost's id, $2 the drop, $3 the last SKU copied ('' to begin), $4 SKUs at most.
-- Rows: 1: how many were copied, and the last of them.
WITH slice AS (
  SELECT i.sku, i.position, i.name, i.image_url, i.price_minor, i.currency, s.total AS units, d.stock_display
  FROM inventory.item i
  JOIN inventory.stock s ON s.drop_id = i.drop_id AND s.sku = i.sku
  JOIN inventory.drop d ON d.drop_id = $1
  WHERE i.drop_id = $2 AND i.removed_at IS NULL AND i.sku > $3
  ORDER BY i.sku
  LIMIT $4
), items AS (
  INSERT INTO inventory.item (drop_id, sku, position, name, image_url, price_minor, currency)
  SELECT $1, sku, position, name, image_url, price_minor, currency FROM slice
), stocked AS (
  INSERT INTO inventory.stock (drop_id, sku, total, available, held, sold, stock_display)
  SELECT $1, sku, units, units, 0, 0, stock_display FROM slice
), moved AS (
  INSERT INTO inventory.movement (drop_id, movement_id, sku, delta, reason, actor)
  SELECT $1, 'initial', sku, units, 'stock of a rehearsal', 'rehearsal' FROM slice
)
SELECT count(*)::integer AS copied, max(sku) AS last FROM slice
