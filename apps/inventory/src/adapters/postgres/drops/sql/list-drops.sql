-- One page of drops, newest first, without ghosts. The state of each is computed at one clock reading.
-- $1 include drafts, $2 state or null, $3 created_at and $4 drop_id of the last one seen (null: first page),
-- $5 rows at most,
-- $6 merchant_id, or null for all.
-- Rows: drop_id and created_at with its microseconds, for the next cursor.
WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now)
SELECT
  drop_id,
  to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS created_at
FROM inventory.drop, clock
WHERE ($1::boolean OR state <> 'draft')
  AND deleted_at IS NULL
  AND ghost_of IS NULL
  AND ($6::text IS NULL OR merchant_id = $6)
  AND ($2::text IS NULL OR $2 = inventory.drop_state_at(state, opens_at, closes_at, now))
  AND ($3::timestamptz IS NULL OR (created_at <= $3 AND (created_at < $3 OR drop_id > $4)))
ORDER BY created_at DESC, drop_id
LIMIT $5
