-- Claims due orders of one drop for the duration of the lease.
-- Safe for any number of completers: rows locked by another one are skipped, and claimed rows are no longer
-- due. If a completer crashes, its orders are due again when the lease expires.
-- $1 drop_id, $2 orders at most, $3 lease in ms. Rows: the claimed orders.
WITH due AS (
  SELECT drop_id, order_id
  FROM checkout.orders
  WHERE drop_id = $1 AND next_check_at <= clock_timestamp()
  ORDER BY next_check_at
  LIMIT $2
  FOR UPDATE SKIP LOCKED
)
UPDATE checkout.orders o
SET next_check_at = clock_timestamp() + $3::double precision * interval '1 ms', tries = tries + 1
FROM due d
WHERE o.drop_id = $1 AND o.drop_id = d.drop_id AND o.order_id = d.order_id
RETURNING checkout.order_image(o) AS image
