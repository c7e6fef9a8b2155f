-- The SKUs of some products, in their order. $1 merchant_id, $2 product ids. Rows: any number.
SELECT product_id, sku, name, price_minor, currency
FROM inventory.product_sku
WHERE merchant_id = $1 AND product_id = ANY ($2::text[])
ORDER BY product_id, position, sku
