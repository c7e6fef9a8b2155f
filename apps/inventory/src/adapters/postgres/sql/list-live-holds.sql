-- One page of a customer's live holds, in all drops or in one, newest first. Reads only.
-- A hold past its deadline by the database's clock is left out, even if the sweeper has not ended it yet.
-- It uses the index of live holds by customer. That index's predicate is written differently from that of the
-- sweeper's index, so that only one matches: while the table is small the planner would choose the sweeper's,
-- and keep that plan when it has become a scan of all live holds. The number of a customer's holds is bounded
-- by the limits of the drops.
-- $1 customer_id, $2 drop_id or null, $3 microseconds and $4 hold_id of the last one seen (null: first page),
-- $5 rows at most.
-- Rows: the hold, and its time of creation in microseconds, for the next cursor.
SELECT inventory.hold_image(h) AS hold, placed.us::text AS placed_us
FROM inventory.hold h
CROSS JOIN LATERAL (SELECT (extract(epoch FROM h.created_at) * 1000000)::bigint AS us) placed
WHERE h.customer_id = $1 AND coalesce(h.ended_at, 'infinity') = 'infinity' AND h.expires_at > clock_timestamp()
  AND ($2::text IS NULL OR h.drop_id = $2)
  AND ($3::bigint IS NULL OR (placed.us, h.hold_id) < ($3, $4))
ORDER BY placed.us DESC, h.hold_id DESC
LIMIT $5
