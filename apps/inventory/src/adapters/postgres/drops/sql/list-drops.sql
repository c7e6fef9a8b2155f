-- One page of a list of drops, newest first. A list is read over all drops; nothing is decided by it.
-- The effective state is judged by one reading of the clock: the stored word lags behind by as much as the drop clock needs.
-- $1 drafts too, $2 effective state or null, $3 created_at and $4 drop_id of the last one seen (null: from the newest), $5 rows at most.
-- Rows: drop_id and created_at with its microseconds, for the next cursor.
WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now)
SELECT
  drop_id,
  to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS created_at
FROM inventory.drop, clock
WHERE ($1::boolean OR state <> 'draft')
  AND ($2::text IS NULL OR $2 = CASE
    WHEN state IN ('draft', 'closed') THEN state
    WHEN closes_at <= now THEN 'closed'
    WHEN state = 'scheduled' AND opens_at <= now THEN 'open'
    ELSE state
  END)
  AND ($3::timestamptz IS NULL OR (created_at <= $3 AND (created_at < $3 OR drop_id > $4)))
ORDER BY created_at DESC, drop_id
LIMIT $5
