-- Writes down that an order is going to be paid, before anything is asked of anybody.
-- Safe against the same key at the same moment by the primary key, and against two orders for one hold by order_active_of_hold:
-- the later insert waits for the earlier one's commit and then does nothing.
-- $1 drop_id, $2 order_id, $3 customer_id, $4 hold_id, $5 fingerprint, $6 provider, $7 token, $8 email, $9 lines, $10 total_minor,
-- $11 currency, $12 lease in ms. Rows: 1 = begun, 0 = the key or the hold has an order.
INSERT INTO checkout.orders (drop_id, order_id, customer_id, hold_id, fingerprint, provider, token, email, lines, total_minor, currency,
  step, next_check_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'extending', clock_timestamp() + $12::double precision * interval '1 ms')
ON CONFLICT DO NOTHING
RETURNING drop_id, order_id, customer_id, hold_id, fingerprint, attempt, step, provider, token, email, lines, total_minor, currency,
  payment_state, reference, next_action_url, reason, payable_until, tries, wakes, answer_status, answer_body, created_at,
  extract(epoch FROM give_up_at - clock_timestamp()) * 1000 AS give_up_in_ms
