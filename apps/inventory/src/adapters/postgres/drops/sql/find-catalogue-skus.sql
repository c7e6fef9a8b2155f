-- What a merchant's products say of some SKUs that a drop is to sell, and locks them until the end of the transaction: a concurrent delete waits, and then sees the
-- drop. $1 merchant_id, $2 SKUs. Rows: one for each that a product has.
SELECT s.sku, s.name, s.price_minor, s.currency, p.image_urls[1] AS image_url
FROM inventory.product_sku s
JOIN inventory.product p ON p.merchant_id = s.merchant_id AND p.product_id = s.product_id
WHERE s.merchant_id = $1 AND s.sku = ANY ($2::text[])
ORDER BY s.sku
FOR KEY SHARE OF s
