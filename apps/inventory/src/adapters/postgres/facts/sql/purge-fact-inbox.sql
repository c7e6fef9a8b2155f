-- Deletes inbox entries of a drop older than $2, a bounded number of them. Their facts cannot arrive again:
-- topics do not retain them that long. Rows that another process is deleting are skipped. $1 drop_id, $3 rows
-- at most. Rows: none; the row count is the number deleted.
DELETE FROM inventory.fact_inbox
WHERE drop_id = $1 AND fact_id IN (
  SELECT fact_id FROM inventory.fact_inbox
  WHERE drop_id = $1 AND seen_at < clock_timestamp() - $2::interval
  ORDER BY fact_id
  LIMIT $3
  FOR UPDATE SKIP LOCKED
)
