-- Orders of a drop that were settled, by steps of time. $1 drop_id, $2 from, $3 to (exclusive), $4 step as an interval,
-- $5 merchant_id. Rows: one for each step in which one was.
SELECT date_bin($4::interval, updated_at, 'epoch') AS t,
  count(*) FILTER (WHERE state = 'paid')::integer AS paid, count(*) FILTER (WHERE state = 'failed')::integer AS failed
FROM checkout.orders
WHERE drop_id = $1 AND merchant_id = $5 AND state IN ('paid', 'failed') AND updated_at >= $2 AND updated_at < $3
GROUP BY 1
ORDER BY 1
