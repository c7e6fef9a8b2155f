-- Locks a drop of a merchant: concurrent changes and the lanes wait for it. A deleted drop has no row.
-- $1 drop_id, $2 merchant_id. Rows: 1, or 0 = unknown or another merchant's.
SELECT drop_id FROM inventory.drop
WHERE drop_id = $1 AND merchant_id = $2 AND deleted_at IS NULL AND ghost_of IS NULL
FOR NO KEY UPDATE
