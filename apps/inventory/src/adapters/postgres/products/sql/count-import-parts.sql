-- How many parts of an import are there. $1 merchant_id, $2 import_id. Rows: 1.
SELECT count(*)::int AS parts FROM inventory.product_import WHERE merchant_id = $1 AND import_id = $2
