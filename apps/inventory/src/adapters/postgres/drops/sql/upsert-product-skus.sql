-- Creates or updates SKUs of the catalogue; a SKU may move to another product of the same merchant.
-- The rows are sorted by SKU, so that concurrent imports lock them in the same order and cannot deadlock.
-- $1 merchant_id, $2 skus (each once), $3 product ids, $4 names, $5 prices in minor units, $6 currencies,
-- $7 positions.
-- Rows: one for each.
INSERT INTO inventory.product_sku (merchant_id, sku, product_id, name, price_minor, currency, position)
SELECT $1, sku, product_id, name, price_minor, currency, position
FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::integer[])
  AS it (sku, product_id, name, price_minor, currency, position)
ON CONFLICT (merchant_id, sku) DO UPDATE SET
  product_id = excluded.product_id,
  name = excluded.name,
  price_minor = excluded.price_minor,
  currency = excluded.currency,
  position = excluded.position
