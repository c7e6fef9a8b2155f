-- One page of a merchant's drops, drafts included, newest first. The state of each is computed at one clock reading.
-- $1 merchant_id, $2 state or null, $3 beginning of a name or an id or null (compared without case, by ICU because the
-- database may know ASCII only; nothing in it is a pattern),
-- $4 created_at and $5 drop_id of the last one seen (null: first page), $6 rows at most.
-- Rows: drop_id and created_at with its microseconds, for the next cursor.
WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now)
SELECT
  drop_id,
  to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS created_at
FROM inventory.drop, clock
WHERE merchant_id = $1
  AND deleted_at IS NULL
  AND ghost_of IS NULL
  AND ($2::text IS NULL OR $2 = inventory.drop_state_at(state, opens_at, closes_at, now))
  AND ($3::text IS NULL OR starts_with(lower(name COLLATE "und-x-icu"), lower($3::text COLLATE "und-x-icu")) OR starts_with(drop_id, lower($3)))
  AND ($4::timestamptz IS NULL OR (created_at <= $4 AND (created_at < $4 OR drop_id > $5)))
ORDER BY created_at DESC, drop_id
LIMIT $6
