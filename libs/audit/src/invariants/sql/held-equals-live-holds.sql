-- The held count of a SKU is the sum over its holds in state held, including overdue ones that have not been
-- swept yet. Reads only. Row: checked = SKUs.
SELECT count(*) AS checked, count(*) FILTER (WHERE f.fault) AS broken, (array_agg(f.example) FILTER (WHERE f.fault))[1:5] AS examples
FROM (
  SELECT coalesce(s.held, 0) <> coalesce(g.units, 0) AS fault,
    CASE WHEN coalesce(s.held, 0) <> coalesce(g.units, 0) THEN
      jsonb_build_object('dropId', coalesce(s.drop_id, g.drop_id), 'sku', coalesce(s.sku, g.sku), 'held', s.held, 'unitsInHolds', coalesce(g.units, 0)) END AS example
  FROM inventory.stock s
  FULL JOIN (
    SELECT h.drop_id, l.sku, sum(l.quantity) AS units
    FROM inventory.hold h, unnest(h.skus, h.quantities) AS l(sku, quantity)
    WHERE h.state = 'held'
    GROUP BY h.drop_id, l.sku
  ) g ON g.drop_id = s.drop_id AND g.sku = s.sku
) f
