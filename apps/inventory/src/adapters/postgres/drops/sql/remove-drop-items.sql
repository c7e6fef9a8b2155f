-- Takes all other items out of a drop that is locked and has never opened. $1 drop_id, $2 the SKUs that stay. Rows: one for each.
UPDATE inventory.item SET removed_at = clock_timestamp()
WHERE drop_id = $1 AND removed_at IS NULL AND sku <> ALL ($2::text[])
