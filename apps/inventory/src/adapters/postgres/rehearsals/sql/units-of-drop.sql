-- How many units a merchant's drop has in all. $1 drop_id, $2 merchant_id. Rows: 0 = not a drop of this merchant, or 1.
SELECT coalesce((
  SELECT sum(s.total) FROM inventory.stock s JOIN inventory.item i USING (drop_id, sku)
  WHERE s.drop_id = d.drop_id AND i.removed_at IS NULL
), 0)::float8 AS units
FROM inventory.drop d
WHERE d.drop_id = $1 AND d.merchant_id = $2 AND d.deleted_at IS NULL AND d.ghost_of IS NULL
