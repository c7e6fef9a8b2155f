-- A customer's own orders over all drops, newest first. Reads only; the one statement that looks at more than one drop for a shopper
-- (a read model takes its place when drops live on several servers).
-- $1 customer_id, $2 created_at and $3 order_id of the last row seen (null: from the newest), $4 rows at most.
SELECT drop_id, order_id, customer_id, hold_id, fingerprint, attempt, step, provider, token, email, lines, total_minor, currency,
  payment_state, reference, next_action_url, reason, payable_until, tries, wakes, answer_status, answer_body, created_at,
  extract(epoch FROM give_up_at - clock_timestamp()) * 1000 AS give_up_in_ms
FROM checkout.orders
WHERE customer_id = $1 AND ($2::timestamptz IS NULL OR (created_at, order_id) < ($2::timestamptz, $3))
ORDER BY created_at DESC, order_id DESC
LIMIT $4
