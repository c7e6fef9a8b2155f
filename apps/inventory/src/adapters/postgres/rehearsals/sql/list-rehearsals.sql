-- One page of the rehearsals of a merchant's drop, newest first. $1 merchant_id, $2 drop_id, $3 requested_at and $4 rehearsal_id of the last one seen
-- (null: first page), $5 rows at most. Rows: as find-rehearsal, and requested_at as text for the next cursor.
SELECT rehearsal_id, drop_id, ghost_ids[1] AS ghost_id, settings, state, verdict, progress, detail, figures,
  coalesce(started_at, requested_at) AS started_at, ends_by, ended_at,
  to_char(requested_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS requested_at
FROM inventory.rehearsal
WHERE merchant_id = $1 AND drop_id = $2
  AND ($3::timestamptz IS NULL OR (requested_at <= $3 AND (requested_at < $3 OR rehearsal_id > $4)))
ORDER BY requested_at DESC, rehearsal_id
LIMIT $5
