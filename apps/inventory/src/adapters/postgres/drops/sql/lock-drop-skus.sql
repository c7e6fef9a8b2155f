-- Locks the SKUs of the catalogue that a drop is to sell until the end of the transaction: a concurrent delete waits, and then sees the drop.
-- $1 merchant_id, $2 skus. Rows: those that are in the catalogue.
SELECT sku FROM inventory.product_sku WHERE merchant_id = $1 AND sku = ANY ($2::text[]) ORDER BY sku FOR KEY SHARE
