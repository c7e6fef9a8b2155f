-- Deletes old ended holds in one slice of a drop, see define-purge-holds.sql.
-- $1 drop_id, $2 hold_id before the slice, $3 holds to check. One row.
SELECT last_hold_id, purged FROM inventory.purge_holds($1, $2, $3)
