-- Each captured amount belongs to one paid order or was refunded in full, and each paid order was paid once,
-- in the exact amount. A pending order may lag behind its charge: the intent is committed before the provider
-- is called, the outcome after. Of a ghost that inventory has removed, checkout removes orders and charges a
-- little later. The only statement that reads both schemas; only the auditor may. Reads only.
-- Row: checked = captured charges and settled orders with an amount.
WITH removed AS (
  SELECT d.drop_id FROM inventory.drop d WHERE d.ghost_of IS NOT NULL AND d.deleted_at IS NOT NULL
),
captured AS (
  SELECT c.reference, c.order_id, c.hold_id, c.captured_minor, c.refunded_minor, o.state, o.total_minor
  FROM sandbox.charge c
  LEFT JOIN checkout.orders o ON o.drop_id = c.drop_id AND o.order_id = c.order_id
  WHERE c.state = 'captured' AND (c.drop_id IS NULL OR c.drop_id NOT IN (SELECT drop_id FROM removed))
),
money_of_order AS (
  SELECT order_id, count(*) AS charges, sum(captured_minor) AS captured_minor, sum(refunded_minor) AS refunded_minor
  FROM captured GROUP BY order_id
),
findings AS (
  SELECT j.fault, CASE WHEN j.fault THEN jsonb_build_object('charge', c.reference, 'orderId', c.order_id, 'orderState', c.state,
    'capturedMinor', c.captured_minor, 'refundedMinor', c.refunded_minor, 'orderTotalMinor', c.total_minor) END AS example
  FROM captured c,
    LATERAL (SELECT NOT coalesce(CASE c.state
      WHEN 'paid' THEN c.captured_minor = c.total_minor AND c.refunded_minor = 0
      WHEN 'refunded' THEN c.refunded_minor = c.captured_minor
      WHEN 'refunding' THEN c.captured_minor = c.total_minor
      WHEN 'pending' THEN c.captured_minor = c.total_minor
      ELSE false -- a failed order, or none at all
    END, false) AS fault) j
  UNION ALL
  SELECT j.fault, CASE WHEN j.fault THEN jsonb_build_object('orderId', o.order_id, 'orderState', o.state, 'orderTotalMinor', o.total_minor,
    'charges', coalesce(m.charges, 0), 'capturedMinor', m.captured_minor, 'refundedMinor', m.refunded_minor) END AS example
  FROM checkout.orders o
  LEFT JOIN money_of_order m ON m.order_id = o.order_id,
    -- An order of 0 is paid without a provider.
    LATERAL (SELECT coalesce(m.charges, 0) <> CASE o.provider WHEN 'none' THEN 0 ELSE 1 END OR (o.provider = 'none' AND o.total_minor <> 0)
      OR (o.state = 'refunded' AND NOT EXISTS (SELECT FROM checkout.refund r WHERE r.drop_id = o.drop_id AND r.order_id = o.order_id
        AND r.state = 'done' AND r.amount_minor = o.total_minor)) AS fault) j
  -- Declined and voided charges moved no money. Charges of other providers are not stored here.
  WHERE o.state IN ('paid', 'refunding', 'refunded') AND o.provider IN ('sandbox', 'none') AND o.drop_id NOT IN (SELECT drop_id FROM removed)
)
SELECT count(*) AS checked, count(*) FILTER (WHERE fault) AS broken, (array_agg(example) FILTER (WHERE fault))[1:5] AS examples
FROM findings
