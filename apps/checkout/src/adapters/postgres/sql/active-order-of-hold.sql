-- The order that pays or has paid a hold. Reads only; the index behind it is unique, so there is one at most.
-- $1 drop_id, $2 hold_id. Rows: 1, or 0 = nobody pays.
SELECT drop_id, order_id, customer_id, hold_id, fingerprint, attempt, step, provider, token, email, lines, total_minor, currency,
  payment_state, reference, next_action_url, reason, payable_until, tries, wakes, answer_status, answer_body, created_at,
  extract(epoch FROM give_up_at - clock_timestamp()) * 1000 AS give_up_in_ms
FROM checkout.orders
WHERE drop_id = $1 AND hold_id = $2 AND state IN ('pending', 'paid', 'refunding')
