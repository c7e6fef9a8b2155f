-- Deletes a drop that is locked and has never opened. Its rows stay: as a draft it is unknown to shoppers, and its merchant is shown no deleted one.
-- $1 drop_id, $2 merchant_id. Rows: 1.
UPDATE inventory.drop SET state = 'draft', deleted_at = clock_timestamp(), revision = revision + 1
WHERE drop_id = $1 AND merchant_id = $2 AND state IN ('draft', 'scheduled') AND ghost_of IS NULL
