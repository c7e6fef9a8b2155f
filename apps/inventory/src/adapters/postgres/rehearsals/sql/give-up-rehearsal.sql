-- Ends a rehearsal as failed, unless its runner was heard of since. $1 rehearsal_id, $2 when it was last heard of, or null: in any case, $3 detail.
-- Rows: none; the row count is 1 if it ended.
UPDATE inventory.rehearsal SET state = 'failed', detail = $3, ended_at = clock_timestamp()
WHERE rehearsal_id = $1 AND state = 'running' AND ($2::text IS NULL OR coalesce(beaten_at, requested_at) = $2::timestamptz)
