-- Deletes facts of a drop that are older than $2, a bounded number of them: readers have had about a day, and are told of each at least once.
-- Rows that another process is deleting are left to it. $1 drop_id, $3 rows at most. Rows: none; the count is what was deleted.
DELETE FROM inventory.outbox
WHERE drop_id = $1 AND id IN (
  SELECT id
  FROM inventory.outbox
  WHERE drop_id = $1 AND created_at < clock_timestamp() - $2::interval
  ORDER BY id
  LIMIT $3
  FOR UPDATE SKIP LOCKED
)
