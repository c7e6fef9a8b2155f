-- Makes SKUs of the catalogue, or brings them up to date; a SKU may move to another product of the same merchant.
-- The rows come sorted by SKU, so that two imports take their locks in one order and cannot deadlock.
-- $1 merchant_id, $2 skus (each once), $3 product ids, $4 names, $5 prices in minor units, $6 currencies. Rows: one for each.
INSERT INTO inventory.product_sku (merchant_id, sku, product_id, name, price_minor, currency)
SELECT $1, sku, product_id, name, price_minor, currency
FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[]) AS it (sku, product_id, name, price_minor, currency)
ON CONFLICT (merchant_id, sku) DO UPDATE SET
  product_id = excluded.product_id,
  name = excluded.name,
  price_minor = excluded.price_minor,
  currency = excluded.currency
