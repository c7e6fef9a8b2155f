-- A refused order begins its next attempt, with what the shopper sends now: a refusal is not stored, so it binds nobody.
-- Safe because it moves only the attempt that was seen, only when it failed and only while the key has no answer. Another active order for the
-- hold makes order_active_of_hold refuse it (unique_violation).
-- $1 drop_id, $2 order_id, $3 attempt seen, $4 hold_id, $5 fingerprint, $6 provider, $7 token, $8 email, $9 lines, $10 total_minor,
-- $11 currency, $12 lease in ms. Rows: 1 = begun, 0 = somebody else began it, or it was answered.
UPDATE checkout.orders
SET attempt = attempt + 1, step = 'extending', hold_id = $4, fingerprint = $5, provider = $6, token = $7, email = $8, lines = $9,
  total_minor = $10, currency = $11, payment_state = 'pending', reference = NULL, next_action_url = NULL, reason = NULL,
  payable_until = NULL, give_up_at = NULL, tries = 0, next_check_at = clock_timestamp() + $12::double precision * interval '1 ms',
  updated_at = clock_timestamp()
WHERE drop_id = $1 AND order_id = $2 AND attempt = $3 AND step = 'failed' AND answer_status IS NULL
RETURNING drop_id, order_id, customer_id, hold_id, fingerprint, attempt, step, provider, token, email, lines, total_minor, currency,
  payment_state, reference, next_action_url, reason, payable_until, tries, wakes, answer_status, answer_body, created_at,
  extract(epoch FROM give_up_at - clock_timestamp()) * 1000 AS give_up_in_ms
