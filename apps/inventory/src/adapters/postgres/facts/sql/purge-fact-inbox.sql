-- Forgets inbox entries of a drop that are older than $2, a bounded number of them: no fact of theirs can come again, for the topics keep none that long.
-- Rows that another process is deleting are left to it. $1 drop_id, $3 rows at most. Rows: none; the count is what was deleted.
DELETE FROM inventory.fact_inbox
WHERE drop_id = $1 AND fact_id IN (
  SELECT fact_id FROM inventory.fact_inbox
  WHERE drop_id = $1 AND seen_at < clock_timestamp() - $2::interval
  ORDER BY fact_id
  LIMIT $3
  FOR UPDATE SKIP LOCKED
)
