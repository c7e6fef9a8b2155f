-- Whether a drop belongs to this merchant, and has not been deleted. Ghosts are nobody's. Reads one row by its key.
-- $1 drop_id, $2 merchant_id, or null for the operator, who sees all drops. Rows: 1, or 0 = unknown or
-- another merchant's.
SELECT drop_id FROM inventory.drop WHERE drop_id = $1 AND deleted_at IS NULL AND ghost_of IS NULL AND ($2::text IS NULL OR merchant_id = $2)
