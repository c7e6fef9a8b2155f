-- What a ghost sells, in display order. $1 ghost's id. Rows: one for each SKU.
SELECT s.sku, s.total::float8 AS units
FROM inventory.stock s JOIN inventory.item i USING (drop_id, sku)
WHERE s.drop_id = $1 ORDER BY i.position, s.sku
