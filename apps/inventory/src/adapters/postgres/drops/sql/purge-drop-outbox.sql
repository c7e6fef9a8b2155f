-- Deletes facts of a drop older than $2, a bounded number of them. Consumers have had about a day to receive
-- them. Rows that another process is deleting are skipped. $1 drop_id, $3 rows at most. Rows: none; the row
-- count is the number deleted.
DELETE FROM inventory.outbox
WHERE drop_id = $1 AND id IN (
  SELECT id
  FROM inventory.outbox
  WHERE drop_id = $1 AND created_at < clock_timestamp() - $2::interval
  ORDER BY id
  LIMIT $3
  FOR UPDATE SKIP LOCKED
)
