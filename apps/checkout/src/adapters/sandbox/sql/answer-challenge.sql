-- Records the shopper's answer to a challenged charge, and the webhook that reports it to the shop, in one
-- commit. Safe because only a waiting charge accepts an answer: the first one counts, and none is accepted
-- after a cancellation.
-- $1 reference, $2 authorized or declined. Rows: 1 = answered now, 0 = it did not wait.
WITH answered AS (
  UPDATE sandbox.charge SET state = $2, updated_at = clock_timestamp()
  WHERE reference = $1 AND state = 'requires-action'
  RETURNING *
)
INSERT INTO sandbox.webhook (event_id, body)
SELECT 'evt_' || reference || '_' || state, json_build_object('id', 'evt_' || reference || '_' || state, 'type', 'charge.' || state, 'createdAt', updated_at, 'data',
    json_build_object('reference', reference, 'key', provider_key, 'orderId', order_id, 'state', state))::text
FROM answered
