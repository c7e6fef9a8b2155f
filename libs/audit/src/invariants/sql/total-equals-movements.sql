-- The total of a SKU is the sum of its recorded movements.
-- Reads only. Row: checked = SKUs.
SELECT count(*) AS checked, count(*) FILTER (WHERE f.fault) AS broken, (array_agg(f.example) FILTER (WHERE f.fault))[1:5] AS examples
FROM (
  SELECT coalesce(s.total, 0) <> coalesce(m.units, 0) AS fault,
    CASE WHEN coalesce(s.total, 0) <> coalesce(m.units, 0) THEN
      jsonb_build_object('dropId', coalesce(s.drop_id, m.drop_id), 'sku', coalesce(s.sku, m.sku), 'total', s.total, 'moved', coalesce(m.units, 0)) END AS example
  FROM inventory.stock s
  FULL JOIN (SELECT drop_id, sku, sum(delta) AS units FROM inventory.movement GROUP BY drop_id, sku) m ON m.drop_id = s.drop_id AND m.sku = s.sku
) f
