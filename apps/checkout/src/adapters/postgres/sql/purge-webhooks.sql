-- Forgets the webhooks of one drop that came a week ago. Safe: a signature is too old after five minutes, so none of them can come again.
-- $1 drop_id, $2 rows at most. Rows: those removed.
DELETE FROM checkout.webhook_inbox
WHERE drop_id = $1 AND (provider, event_id) IN (
  SELECT provider, event_id FROM checkout.webhook_inbox
  WHERE drop_id = $1 AND received_at < clock_timestamp() - interval '7 days' LIMIT $2
)
