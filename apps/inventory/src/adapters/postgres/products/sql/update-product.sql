-- Changes a locked product. Raises unique_violation if another product has the handle.
-- $1 merchant_id, $2 product_id, $3 handle, $4 name, $5 description, $6 image urls. Rows: 1.
UPDATE inventory.product
SET handle = $3, name = $4, description = $5, image_urls = $6, revision = revision + 1, updated_at = clock_timestamp()
WHERE merchant_id = $1 AND product_id = $2
RETURNING product_id, handle, name, description, image_urls, revision, created_at, updated_at
