-- Deletes the facts of one drop that are older than a day. Safe: consumers read them from the WAL, not from
-- the table.
-- $1 drop_id, $2 rows at most. Rows: those deleted.
DELETE FROM checkout.outbox
WHERE drop_id = $1 AND id IN (
  SELECT id FROM checkout.outbox WHERE drop_id = $1 AND created_at < clock_timestamp() - interval '1 day' LIMIT $2
)
