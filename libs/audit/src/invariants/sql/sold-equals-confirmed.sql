-- The sold count of a SKU is the sum over its confirmed holds, less what was returned.
-- Reads only. Row: checked = SKUs.
SELECT count(*) AS checked, count(*) FILTER (WHERE f.fault) AS broken, (array_agg(f.example) FILTER (WHERE f.fault))[1:5] AS examples
FROM (
  SELECT coalesce(s.sold, 0) <> coalesce(g.units, 0) AS fault,
    CASE WHEN coalesce(s.sold, 0) <> coalesce(g.units, 0) THEN
      jsonb_build_object('dropId', coalesce(s.drop_id, g.drop_id), 'sku', coalesce(s.sku, g.sku), 'sold', s.sold, 'unitsConfirmed', coalesce(g.units, 0)) END AS example
  FROM inventory.stock s
  FULL JOIN (
    SELECT u.drop_id, u.sku, sum(u.units) AS units
    FROM (
      SELECT h.drop_id, l.sku, l.quantity AS units
      FROM inventory.hold h, unnest(h.skus, h.quantities) AS l(sku, quantity)
      WHERE h.state = 'confirmed'
      UNION ALL
      SELECT r.drop_id, r.sku, -r.units FROM inventory.returned r
    ) u
    GROUP BY u.drop_id, u.sku
  ) g ON g.drop_id = s.drop_id AND g.sku = s.sku
) f
