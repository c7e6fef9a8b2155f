-- The first items of some drops, in display order; a drop may have thousands.
-- $1 drop ids, $2 items at most for each drop. Rows: any number.
SELECT i.drop_id, i.sku, i.name, i.image_url, i.price_minor, i.currency
FROM unnest($1::text[]) AS wanted (drop_id)
CROSS JOIN LATERAL (
  SELECT drop_id, sku, position, name, image_url, price_minor, currency
  FROM inventory.item
  WHERE drop_id = wanted.drop_id AND removed_at IS NULL
  ORDER BY position
  LIMIT $2
) i
ORDER BY i.drop_id, i.position
