-- The same for the first item alone. $1 ghost's id, $2 the drop, $3 units. Rows: none; the row count is 1, or 0 = the drop has no items.
WITH first AS (
  SELECT i.sku, i.name, i.image_url, i.price_minor, i.currency, d.stock_display
  FROM inventory.item i JOIN inventory.drop d ON d.drop_id = $1
  WHERE i.drop_id = $2 AND i.removed_at IS NULL
  ORDER BY i.position
  LIMIT 1
), items AS (
  INSERT INTO inventory.item (drop_id, sku, position, name, image_url, price_minor, currency)
  SELECT $1, sku, 0, name, image_url, price_minor, currency FROM first
), stocked AS (
  INSERT INTO inventory.stock (drop_id, sku, total, available, held, sold, stock_display)
  SELECT $1, sku, $3::bigint, $3::bigint, 0, 0, stock_display FROM first
)
INSERT INTO inventory.movement (drop_id, movement_id, sku, delta, reason, actor)
SELECT $1, 'initial', sku, $3::bigint, 'stock of a rehearsal', 'rehearsal' FROM first
