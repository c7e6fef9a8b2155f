-- Nobody pays with an ended hold, and nothing is given away: a paid order has one confirmed hold of its own (the first one, or the one taken
-- again) with the same units at the same prices, and a confirmed hold has an order that is paid or about to be.
-- Reads only. Row: checked = paid orders and confirmed holds.
WITH findings AS (
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
  WHERE o.state = 'paid'
  UNION ALL
  SELECT j.fault, CASE WHEN j.fault THEN jsonb_build_object('holdId', h.hold_id, 'orderId', h.order_id, 'orderState', o.state) END AS example
  FROM inventory.hold h
  LEFT JOIN checkout.orders o ON o.drop_id = h.drop_id AND o.order_id = h.order_id,
    LATERAL (SELECT coalesce(o.state NOT IN ('paid', 'pending'), true) AS fault) j
  WHERE h.state = 'confirmed'
)
SELECT count(*) AS checked, count(*) FILTER (WHERE fault) AS broken, (array_agg(example) FILTER (WHERE fault))[1:5] AS examples
FROM findings
