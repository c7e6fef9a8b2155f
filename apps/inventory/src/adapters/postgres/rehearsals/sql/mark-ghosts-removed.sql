-- All ghosts of a rehearsal that has ended are removed. $1 rehearsal_id. Rows: none.
UPDATE inventory.rehearsal SET ghosts_removed_at = clock_timestamp()
WHERE rehearsal_id = $1 AND state <> 'running' AND ghosts_removed_at IS NULL
