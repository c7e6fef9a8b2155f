-- What the gateways sent for a drop since a second, oldest first; the newest 1,000 by the primary key. Besides the
-- newest tick of each gateway in the time before, which tells its readers until it sends another.
-- $1 merchant_id, $2 drop_id, $3 the first second, $4 how long readers count, as an interval.
-- Rows: none = not a drop of this merchant; one without a source = nothing was sent.
SELECT k.second, k.source, k.arrivals, k.refusals, k.latencies, k.readers
FROM inventory.drop d
LEFT JOIN LATERAL (
  (
    SELECT t.second, t.source, t.arrivals, t.refusals, t.latencies, t.readers
    FROM inventory.tick t WHERE t.drop_id = d.drop_id AND t.second >= $3
    ORDER BY t.second DESC, t.source LIMIT 1000
  )
  UNION ALL
  (
    SELECT DISTINCT ON (t.source) t.second, t.source, t.arrivals, t.refusals, t.latencies, t.readers
    FROM inventory.tick t WHERE t.drop_id = d.drop_id AND t.second < $3 AND t.second >= $3 - $4::interval
    ORDER BY t.source, t.second DESC LIMIT 1000
  )
) k ON true
WHERE d.merchant_id = $1 AND d.drop_id = $2 AND d.deleted_at IS NULL AND d.ghost_of IS NULL
ORDER BY k.second, k.source
