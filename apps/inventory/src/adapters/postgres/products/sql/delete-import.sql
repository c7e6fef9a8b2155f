-- Forgets an import that has been done or refused. $1 merchant_id, $2 import_id. Rows: none.
DELETE FROM inventory.product_import WHERE merchant_id = $1 AND import_id = $2
