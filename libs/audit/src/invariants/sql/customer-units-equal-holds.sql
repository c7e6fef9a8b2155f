-- The counter behind the limit per customer equals the units in the customer's holds. If it is too high,
-- customers are refused wrongly; if it is too low, they can exceed the limit.
-- Reads only. Row: checked = customers of drops.
SELECT count(*) AS checked, count(*) FILTER (WHERE f.fault) AS broken, (array_agg(f.example) FILTER (WHERE f.fault))[1:5] AS examples
FROM (
  SELECT coalesce(c.units, 0) <> coalesce(g.units, 0) AS fault,
    CASE WHEN coalesce(c.units, 0) <> coalesce(g.units, 0) THEN
      jsonb_build_object('dropId', coalesce(c.drop_id, g.drop_id), 'customerId', coalesce(c.customer_id, g.customer_id),
        'counted', c.units, 'unitsInHolds', coalesce(g.units, 0)) END AS example
  FROM inventory.customer_units c
  FULL JOIN (
    SELECT u.drop_id, u.customer_id, sum(u.units) AS units
    FROM (
      SELECT h.drop_id, h.customer_id, l.quantity AS units
      FROM inventory.hold h, unnest(h.quantities) AS l(quantity)
      WHERE h.state IN ('held', 'confirmed')
      UNION ALL
      SELECT r.drop_id, r.customer_id, -r.units FROM inventory.returned r
    ) u
    GROUP BY u.drop_id, u.customer_id
  ) g ON g.drop_id = c.drop_id AND g.customer_id = c.customer_id
) f
