-- Records an order before any other service is called.
-- The primary key makes it safe against concurrent requests with one key, order_active_of_hold against two
-- orders for one hold: the later insert waits for the commit of the earlier one and then does nothing.
-- $1 drop_id, $2 order_id, $3 customer_id, $4 hold_id, $5 fingerprint, $6 provider, $7 token, $8 email, $9
-- lines, $10 total_minor,
-- $11 currency, $12 lease in ms, $13 merchant_id or null. Rows: 1 = begun, 0 = the key or the hold has an order.
INSERT INTO checkout.orders AS o (drop_id, order_id, customer_id, hold_id, fingerprint, provider, token, email, lines, total_minor, currency,
  step, next_check_at, merchant_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'extending', clock_timestamp() + $12::double precision * interval '1 ms', $13)
ON CONFLICT DO NOTHING
RETURNING checkout.order_image(o) AS image
