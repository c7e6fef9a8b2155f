-- Answered requests to place a hold by the second, for a drop that is replayed: from its first second, but not from more than a minute before the drop
-- opened, and no more seconds than a rehearsal may have. Seconds without a request have no row.
-- $1 drop_id, $2 merchant_id, $3 seconds. Rows: 0 = not a drop of this merchant; second, from 0, null when it has no history.
WITH own AS (
  SELECT drop_id, opens_at FROM inventory.drop
  WHERE drop_id = $1 AND merchant_id = $2 AND deleted_at IS NULL AND ghost_of IS NULL
), begun AS (
  SELECT coalesce(
    (SELECT min(t.second) FROM inventory.tick t WHERE t.drop_id = own.drop_id AND t.arrivals > 0 AND t.second >= own.opens_at - interval '1 minute'),
    (SELECT min(t.second) FROM inventory.tick t WHERE t.drop_id = own.drop_id AND t.arrivals > 0)
  ) AS first
  FROM own
)
SELECT extract(epoch FROM t.second - begun.first)::integer AS second, t.arrivals
FROM begun
LEFT JOIN LATERAL (
  SELECT k.second, sum(k.arrivals)::integer AS arrivals FROM inventory.tick k
  WHERE k.drop_id = $1 AND k.second >= begun.first AND k.second < begun.first + make_interval(secs => $3) AND k.arrivals > 0
  GROUP BY k.second
) t ON true
ORDER BY 1
