-- Answered requests to place a hold by the second, for a drop that is replayed: from its first second, but not from more than a minute before the drop
-- opened, and no more seconds than a rehearsal may have. Seconds without a request may have no row. After a week only the sums of minutes are known
-- (define-fold-ticks.sql); they are spread evenly over their seconds, and none is lost.
-- $1 drop_id, $2 merchant_id, $3 seconds. Rows: 0 = not a drop of this merchant; second, from 0, null when it has no history.
WITH own AS (
  SELECT drop_id, opens_at FROM inventory.drop
  WHERE drop_id = $1 AND merchant_id = $2 AND deleted_at IS NULL AND ghost_of IS NULL
), begun AS (
  SELECT coalesce(
    min(h.first) FILTER (WHERE h.first >= own.opens_at - interval '1 minute'),
    min(h.first)
  ) AS first
  FROM own
  LEFT JOIN LATERAL (
    (SELECT t.second AS first FROM inventory.tick t WHERE t.drop_id = own.drop_id AND t.arrivals > 0 ORDER BY t.second LIMIT 1)
    UNION ALL
    (SELECT t.second FROM inventory.tick t
     WHERE t.drop_id = own.drop_id AND t.arrivals > 0 AND t.second >= own.opens_at - interval '1 minute' ORDER BY t.second LIMIT 1)
    UNION ALL
    (SELECT m.minute FROM inventory.tick_minute m WHERE m.drop_id = own.drop_id AND m.arrivals > 0 ORDER BY m.minute LIMIT 1)
    UNION ALL
    (SELECT m.minute FROM inventory.tick_minute m
     WHERE m.drop_id = own.drop_id AND m.arrivals > 0 AND m.minute >= own.opens_at - interval '1 minute' ORDER BY m.minute LIMIT 1)
  ) h ON true
  GROUP BY own.drop_id
), counted AS (
  SELECT k.second, k.arrivals::bigint AS arrivals FROM inventory.tick k, begun
  WHERE k.drop_id = $1 AND k.second >= begun.first AND k.second < begun.first + make_interval(secs => $3)
  UNION ALL
  SELECT m.minute + make_interval(secs => s), m.arrivals * (s + 1) / 60 - m.arrivals * s / 60
  FROM inventory.tick_minute m, begun, generate_series(0, 59) s
  WHERE m.drop_id = $1 AND m.minute >= begun.first AND m.minute < begun.first + make_interval(secs => $3)
)
SELECT extract(epoch FROM c.second - begun.first)::integer AS second, sum(c.arrivals)::integer AS arrivals
FROM begun
LEFT JOIN counted c ON c.arrivals > 0 AND c.second < begun.first + make_interval(secs => $3)
GROUP BY 1
ORDER BY 1
