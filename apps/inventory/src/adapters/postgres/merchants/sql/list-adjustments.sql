-- One page of the stock adjustments of a merchant's drop, oldest first, without the stock with which it
-- began and the edits of its items before it opened. Reads only. An adjustment gets its time under the lock of the drop's row, so none appears before one
-- that was listed.
-- $1 drop_id, $2 merchant_id, $3 created_at and $4 movement_id of the last one seen ('-infinity' and '':
-- first page), $5 rows at most. Rows: the movement, and its time with microseconds, for the next cursor.
SELECT
  inventory.movement_image(m) AS movement,
  to_char(m.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS created_at
FROM inventory.movement m
WHERE m.drop_id = $1 AND m.movement_id <> 'initial' AND m.movement_id NOT LIKE 'items-%'
  AND (m.created_at, m.movement_id) > ($3::timestamptz, $4)
  AND EXISTS (SELECT FROM inventory.drop d WHERE d.drop_id = $1 AND d.merchant_id = $2 AND d.deleted_at IS NULL AND d.ghost_of IS NULL)
ORDER BY m.created_at, m.movement_id
LIMIT $5
