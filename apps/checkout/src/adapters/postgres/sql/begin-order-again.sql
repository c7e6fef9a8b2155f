-- Starts the next attempt of a refused order, with the new request: a refusal is not stored, so the key stays
-- free for another attempt. Safe because it changes only the attempt that was read, only if it failed and
-- only while the key has no answer. Another active order for the hold makes order_active_of_hold refuse it
-- (unique_violation).
-- $1 drop_id, $2 order_id, $3 attempt seen, $4 hold_id, $5 fingerprint, $6 provider, $7 token, $8 email, $9
-- lines, $10 total_minor,
-- $11 currency, $12 lease in ms. Rows: 1 = started, 0 = another caller started it, or the key has an answer.
UPDATE checkout.orders o
SET attempt = attempt + 1, step = 'extending', hold_id = $4, fingerprint = $5, provider = $6, token = $7, email = $8, lines = $9,
  total_minor = $10, currency = $11, payment_state = 'pending', reference = NULL, next_action_url = NULL, reason = NULL,
  payable_until = NULL, give_up_at = NULL, tries = 0, next_check_at = clock_timestamp() + $12::double precision * interval '1 ms',
  updated_at = clock_timestamp()
WHERE drop_id = $1 AND order_id = $2 AND attempt = $3 AND step = 'failed' AND answer_status IS NULL
RETURNING checkout.order_image(o) AS image
