-- Records a webhook and makes its order due, in one commit, so that an acknowledged event survives a crash.
-- The inbox's key makes it safe against replays: only the first delivery wakes the order.
-- $1 drop_id, $2 provider, $3 event_id, $4 order_id, $5 type. Rows: 1 = woken, 0 = seen before, settled or
-- unknown order.
WITH taken AS (
  INSERT INTO checkout.webhook_inbox (drop_id, provider, event_id, order_id, type)
  VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT DO NOTHING
  RETURNING drop_id, order_id
)
UPDATE checkout.orders o
SET wakes = o.wakes + 1, next_check_at = clock_timestamp()
FROM taken t
WHERE o.drop_id = $1 AND o.drop_id = t.drop_id AND o.order_id = t.order_id AND o.next_check_at IS NOT NULL
