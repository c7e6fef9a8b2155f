-- Takes SKUs out of a product. Waits for a new drop that has locked them (lock-drop-skus.sql).
-- $1 merchant_id, $2 product_id, $3 skus. Rows: none.
DELETE FROM inventory.product_sku WHERE merchant_id = $1 AND product_id = $2 AND sku = ANY ($3::text[])
