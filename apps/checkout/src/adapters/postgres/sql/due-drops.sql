-- Drops that have due orders. Reads only, without locks: orders are then claimed drop by drop.
-- $1 drops at most.
SELECT drop_id
FROM checkout.orders
WHERE next_check_at IS NOT NULL AND next_check_at <= clock_timestamp()
GROUP BY drop_id
ORDER BY min(next_check_at)
LIMIT $1
