-- Changes SKUs that a product keeps. $1 merchant_id, $2 product_id, $3 skus, $4 names, $5 prices in minor units, $6 currencies, $7 positions.
-- Rows: none.
UPDATE inventory.product_sku s
SET name = it.name, price_minor = it.price_minor, currency = it.currency, position = it.position
FROM unnest($3::text[], $4::text[], $5::bigint[], $6::text[], $7::integer[]) AS it (sku, name, price_minor, currency, position)
WHERE s.merchant_id = $1 AND s.product_id = $2 AND s.sku = it.sku
