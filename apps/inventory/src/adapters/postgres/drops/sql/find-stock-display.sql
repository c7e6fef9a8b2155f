-- What only the merchant sees of some drops, and the database's clock. Deleted drops and ghosts are left out. $1 drop ids, $2 merchant_id.
-- Rows: one for each that is theirs.
SELECT drop_id, stock_display, clock_timestamp() AS now
FROM inventory.drop
WHERE drop_id = ANY ($1::text[]) AND merchant_id = $2 AND deleted_at IS NULL AND ghost_of IS NULL
