-- Removes the facts of one drop that every reader has had a day for. Safe: nobody reads them from the table, and the log has them since
-- their insert, so a delete takes nothing from anybody.
-- $1 drop_id, $2 rows at most. Rows: those removed.
DELETE FROM checkout.outbox
WHERE drop_id = $1 AND id IN (
  SELECT id FROM checkout.outbox WHERE drop_id = $1 AND created_at < clock_timestamp() - interval '1 day' LIMIT $2
)
