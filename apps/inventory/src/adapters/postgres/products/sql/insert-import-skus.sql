-- Creates the SKUs of a part of an import, whose products are there. Raises unique_violation if one is taken.
-- $1 merchant_id, $2 import_id, $3 part. Rows: none.
INSERT INTO inventory.product_sku (merchant_id, sku, product_id, name, price_minor, currency, position)
SELECT $1, it.sku, product.product_id, it.name, it.price, it.currency, it.place
FROM inventory.product_import p
CROSS JOIN LATERAL (
  SELECT
    sku ->> 'handle' AS handle, sku ->> 'sku' AS sku, sku ->> 'name' AS name, (sku ->> 'priceMinor')::bigint AS price,
    sku ->> 'currency' AS currency, (sku ->> 'position')::integer AS place
  FROM jsonb_array_elements(p.skus) AS each (sku)
) it
JOIN inventory.product product ON product.merchant_id = $1 AND product.handle = it.handle
WHERE p.merchant_id = $1 AND p.import_id = $2 AND p.part = $3
