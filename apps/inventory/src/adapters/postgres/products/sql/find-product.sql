-- A product of this merchant. $1 merchant_id, $2 product_id. Rows: 1, or 0 = unknown or another merchant's.
SELECT product_id, handle, name, description, image_urls, revision, created_at, updated_at
FROM inventory.product
WHERE merchant_id = $1 AND product_id = $2
