-- Creates a product, or nothing if its handle is taken. Waits for an open transaction that has taken the handle.
-- $1 merchant_id, $2 product_id, $3 handle, $4 name, $5 description, $6 image urls. Rows: 1 = created, 0 = taken.
INSERT INTO inventory.product (merchant_id, product_id, handle, name, description, image_urls)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (merchant_id, handle) DO NOTHING
RETURNING product_id
