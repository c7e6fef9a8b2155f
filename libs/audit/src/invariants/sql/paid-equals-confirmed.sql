-- A paid order has exactly one confirmed hold of its own (the original or a retaken one) with the same units
-- at the same prices. A confirmed hold has an order that is paid or pending, or one that failed and whose
-- units were all returned. Of a ghost that inventory has removed, checkout removes the orders a little later. Returns belong to such orders only. Reads only. Row: checked = paid orders,
-- confirmed holds and returns.
WITH removed AS (
  SELECT d.drop_id FROM inventory.drop d WHERE d.ghost_of IS NOT NULL AND d.deleted_at IS NOT NULL
),
findings AS (
  SELECT j.fault, CASE WHEN j.fault THEN jsonb_build_object('orderId', o.order_id, 'orderState', o.state, 'holdId', o.hold_id,
    'confirmedHolds', coalesce(h.holds, 0), 'holdTotalMinor', h.total_minor, 'orderTotalMinor', o.total_minor) END AS example
  FROM checkout.orders o
  LEFT JOIN (
    SELECT c.drop_id, c.order_id, count(DISTINCT c.hold_id) AS holds, sum(l.quantity * l.price_minor) AS total_minor
    FROM inventory.hold c, unnest(c.quantities, c.prices_minor) AS l(quantity, price_minor)
    WHERE c.state = 'confirmed'
    GROUP BY c.drop_id, c.order_id
  ) h ON h.drop_id = o.drop_id AND h.order_id = o.order_id,
    LATERAL (SELECT coalesce(h.holds, 0) <> 1 OR h.total_minor <> o.total_minor AS fault) j
  WHERE o.state = 'paid' AND o.drop_id NOT IN (SELECT drop_id FROM removed)
  UNION ALL
  SELECT j.fault, CASE WHEN j.fault THEN jsonb_build_object('holdId', h.hold_id, 'orderId', h.order_id, 'orderState', o.state) END AS example
  FROM inventory.hold h
  LEFT JOIN checkout.orders o ON o.drop_id = h.drop_id AND o.order_id = h.order_id,
    LATERAL (SELECT coalesce(CASE o.state
      WHEN 'paid' THEN false
      WHEN 'pending' THEN false
      WHEN 'failed' THEN h.units <> (SELECT coalesce(sum(r.units), 0) FROM inventory.returned r
        WHERE r.drop_id = h.drop_id AND r.return_id = h.order_id AND r.hold_id = h.hold_id)
      ELSE true
    END, true) AS fault) j
  WHERE h.state = 'confirmed' AND h.drop_id NOT IN (SELECT drop_id FROM removed)
  UNION ALL
  SELECT j.fault, CASE WHEN j.fault THEN jsonb_build_object('returnId', r.return_id, 'holdId', r.hold_id, 'holdState', h.state,
    'orderState', o.state) END AS example
  FROM (SELECT DISTINCT drop_id, return_id, hold_id FROM inventory.returned) r
  LEFT JOIN inventory.hold h ON h.drop_id = r.drop_id AND h.hold_id = r.hold_id
  LEFT JOIN checkout.orders o ON o.drop_id = r.drop_id AND o.order_id = r.return_id,
    -- Pending: the order is going to fail.
    LATERAL (SELECT NOT coalesce(h.state = 'confirmed' AND h.order_id = r.return_id AND o.state IN ('failed', 'pending'), false) AS fault) j
  WHERE r.drop_id NOT IN (SELECT drop_id FROM removed)
)
SELECT count(*) AS checked, count(*) FILTER (WHERE fault) AS broken, (array_agg(example) FILTER (WHERE fault))[1:5] AS examples
FROM findings
