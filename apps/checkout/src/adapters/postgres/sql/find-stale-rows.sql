-- Drops with facts older than a day or webhooks older than a week. Reads only; rows are then deleted drop by
-- drop.
-- $1 drops at most. Rows: drop_id.
SELECT drop_id FROM checkout.outbox WHERE created_at < clock_timestamp() - interval '1 day'
UNION
SELECT drop_id FROM checkout.webhook_inbox WHERE received_at < clock_timestamp() - interval '7 days'
LIMIT $1
