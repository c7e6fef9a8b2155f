-- A hold ends once: it has an end if and only if it is no longer held, and its published facts name the same
-- end. Facts are purged after about a day, so a hold without one is valid. Reads only. Row: checked = holds.
SELECT count(*) AS checked, count(*) FILTER (WHERE f.fault) AS broken, (array_agg(f.example) FILTER (WHERE f.fault))[1:5] AS examples
FROM (
  SELECT j.fault, CASE WHEN j.fault THEN jsonb_build_object('holdId', h.hold_id, 'state', h.state, 'endedAt', h.ended_at, 'orderId', h.order_id,
    'ends', e.types) END AS example
  FROM inventory.hold h
  LEFT JOIN (
    SELECT o.drop_id, o.aggregateid, count(*) AS times, array_agg(o.type) AS types
    FROM inventory.outbox o
    WHERE o.aggregatetype = 'hold' AND o.type IN ('hold.confirmed.v1', 'hold.released.v1', 'hold.expired.v1')
    GROUP BY o.drop_id, o.aggregateid
  ) e ON e.drop_id = h.drop_id AND e.aggregateid = h.hold_id,
    LATERAL (SELECT
      (h.state = 'held') <> (h.ended_at IS NULL)
      OR (h.state = 'confirmed' AND h.order_id IS NULL)
      OR coalesce(e.times, 0) > 1
      OR coalesce(e.types[1] <> 'hold.' || h.state || '.v1', false) AS fault) j
) f
