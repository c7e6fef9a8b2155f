-- Takes orders of one drop that are due, for the length of the lease.
-- Safe for any number of completers: rows that another one is taking are skipped, and taken rows are not due any more. A completer that dies
-- keeps nothing: its orders are due again when the lease ends.
-- $1 drop_id, $2 orders at most, $3 lease in ms. Rows: the orders taken.
WITH due AS (
  SELECT drop_id, order_id
  FROM checkout.orders
  WHERE drop_id = $1 AND next_check_at <= clock_timestamp()
  ORDER BY next_check_at
  LIMIT $2
  FOR UPDATE SKIP LOCKED
), taken AS (
  UPDATE checkout.orders o
  SET next_check_at = clock_timestamp() + $3::double precision * interval '1 ms', tries = tries + 1
  FROM due d
  WHERE o.drop_id = $1 AND o.drop_id = d.drop_id AND o.order_id = d.order_id
  RETURNING o.*
)
SELECT drop_id, order_id, customer_id, hold_id, fingerprint, attempt, step, provider, token, email, lines, total_minor, currency,
  payment_state, reference, next_action_url, reason, payable_until, tries, wakes, answer_status, answer_body, created_at,
  extract(epoch FROM give_up_at - clock_timestamp()) * 1000 AS give_up_in_ms
FROM taken
