-- Deletes a product whose SKUs have been deleted. $1 merchant_id, $2 product_id. Rows: none.
DELETE FROM inventory.product WHERE merchant_id = $1 AND product_id = $2
