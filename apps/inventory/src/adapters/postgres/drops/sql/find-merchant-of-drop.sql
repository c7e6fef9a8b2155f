-- The merchant of a drop. Reads one row by its key. $1 drop_id. Rows: 1, or 0 = unknown, or a ghost, whose orders are in no merchant's figures.
SELECT merchant_id FROM inventory.drop WHERE drop_id = $1 AND ghost_of IS NULL
