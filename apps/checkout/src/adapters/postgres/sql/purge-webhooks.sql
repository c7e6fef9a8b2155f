-- Deletes the webhooks of one drop that arrived a week ago. Safe: signatures expire after five minutes, so
-- none of them can be replayed.
-- $1 drop_id, $2 rows at most. Rows: those deleted.
DELETE FROM checkout.webhook_inbox
WHERE drop_id = $1 AND (provider, event_id) IN (
  SELECT provider, event_id FROM checkout.webhook_inbox
  WHERE drop_id = $1 AND received_at < clock_timestamp() - interval '7 days' LIMIT $2
)
