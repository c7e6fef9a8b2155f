-- Adds SKUs to a product; those that the merchant has already are left out. The primary key decides between concurrent writers, and the
-- rows are sorted, so that these cannot deadlock. $1 merchant_id, $2 product_id, $3 skus (each once), $4 names, $5 prices in minor units,
-- $6 currencies, $7 positions. Rows: the SKUs that were added.
INSERT INTO inventory.product_sku (merchant_id, product_id, sku, name, price_minor, currency, position)
SELECT $1, $2, sku, name, price_minor, currency, position
FROM unnest($3::text[], $4::text[], $5::bigint[], $6::text[], $7::integer[]) AS it (sku, name, price_minor, currency, position)
ORDER BY sku COLLATE "C"
ON CONFLICT (merchant_id, sku) DO NOTHING
RETURNING sku
