-- Whether a drop is the merchant's. Reads one row by its key. $1 drop_id, $2 merchant_id. Rows: 1, or 0 =
-- unknown or another merchant's, or deleted.
SELECT merchant_id FROM inventory.drop WHERE drop_id = $1 AND merchant_id = $2 AND deleted_at IS NULL AND ghost_of IS NULL
