-- The merchant of a drop. Reads one row by its key. $1 drop_id. Rows: 1, or 0 = unknown.
SELECT merchant_id FROM inventory.drop WHERE drop_id = $1
