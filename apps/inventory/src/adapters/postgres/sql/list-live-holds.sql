-- One page of a customer's own live holds, over all drops or in one, newest first. Reads only; nothing is decided by it.
-- Whether a hold is live is said by the database's clock: one whose time is over is left out although the sweeper has not come by yet.
-- The index of live holds by customer makes it cheap. Its predicate is said in words of its own, so that no other index fits: while the table is
-- small the planner would take the sweeper's, and keep that plan when it has become a walk over all live holds.
-- How many a customer can have is bounded by the limits of the drops.
-- $1 customer_id, $2 drop_id or null, $3 microseconds and $4 hold_id of the last one seen (null: from the newest), $5 rows at most.
-- Rows: the hold, and the microsecond in which it was placed, for the next cursor.
SELECT inventory.hold_image(h) AS hold, placed.us::text AS placed_us
FROM inventory.hold h
CROSS JOIN LATERAL (SELECT (extract(epoch FROM h.created_at) * 1000000)::bigint AS us) placed
WHERE h.customer_id = $1 AND coalesce(h.ended_at, 'infinity') = 'infinity' AND h.expires_at > clock_timestamp()
  AND ($2::text IS NULL OR h.drop_id = $2)
  AND ($3::bigint IS NULL OR (placed.us, h.hold_id) < ($3, $4))
ORDER BY placed.us DESC, h.hold_id DESC
LIMIT $5
