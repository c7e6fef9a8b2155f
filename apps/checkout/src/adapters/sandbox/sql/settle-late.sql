-- Settles due charges as succeeded, with the webhook that reports it, in one commit.
-- Safe for any number of workers: rows locked by another one are skipped.
-- $1 rows at most. Rows: those settled.
WITH due AS (
  SELECT reference FROM sandbox.charge
  WHERE state = 'processing' AND settles_at <= clock_timestamp()
  ORDER BY settles_at LIMIT $1
  FOR UPDATE SKIP LOCKED
), settled AS (
  UPDATE sandbox.charge c SET state = 'captured', captured_minor = c.amount_minor, updated_at = clock_timestamp()
  FROM due d WHERE c.reference = d.reference
  RETURNING c.*
)
INSERT INTO sandbox.webhook (event_id, body)
SELECT 'evt_' || reference || '_' || state, json_build_object('id', 'evt_' || reference || '_' || state, 'type', 'charge.' || state, 'createdAt', updated_at, 'data',
    json_build_object('reference', reference, 'key', provider_key, 'orderId', order_id, 'state', state))::text
FROM settled
