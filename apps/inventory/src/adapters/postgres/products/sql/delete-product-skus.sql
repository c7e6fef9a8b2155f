-- Takes SKUs out of a product. Locks them in their order first, as a new drop does (lock-drop-skus.sql), so that
-- neither can wait for the other with what that one wants; it waits for a drop that has locked them.
-- $1 merchant_id, $2 product_id, $3 skus. Rows: none.
WITH locked AS MATERIALIZED (
  SELECT sku FROM inventory.product_sku
  WHERE merchant_id = $1 AND product_id = $2 AND sku = ANY ($3::text[])
  ORDER BY sku
  FOR UPDATE
)
DELETE FROM inventory.product_sku s USING locked
WHERE s.merchant_id = $1 AND s.product_id = $2 AND s.sku = locked.sku
