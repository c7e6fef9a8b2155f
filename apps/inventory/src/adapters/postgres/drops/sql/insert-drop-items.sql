-- Adds a slice of items to a drop that is being created. The arrays are in display order.
-- $1 drop_id, $2 position of the first, $3 skus, $4 names, $5 image urls, $6 prices in minor units, $7
-- currency. Rows: one for each.
INSERT INTO inventory.item (drop_id, sku, position, name, image_url, price_minor, currency)
SELECT $1, sku, $2::integer + ordinal - 1, name, image_url, price_minor, $7
FROM unnest($3::text[], $4::text[], $5::text[], $6::bigint[])
  WITH ORDINALITY AS it (sku, name, image_url, price_minor, ordinal)
