-- No customer has more units of a drop, held or bought, than the drop allows. Counted from the holds, not
-- from the counters. Reads only. Row: checked = customers of drops.
SELECT count(*) AS checked, count(*) FILTER (WHERE f.fault) AS broken, (array_agg(f.example) FILTER (WHERE f.fault))[1:5] AS examples
FROM (
  SELECT g.units > d.per_customer_limit AS fault,
    CASE WHEN g.units > d.per_customer_limit THEN
      jsonb_build_object('dropId', g.drop_id, 'customerId', g.customer_id, 'units', g.units, 'limit', d.per_customer_limit) END AS example
  FROM (
    SELECT u.drop_id, u.customer_id, sum(u.units) AS units
    FROM (
      SELECT h.drop_id, h.customer_id, l.quantity AS units
      FROM inventory.hold h, unnest(h.quantities) AS l(quantity)
      WHERE h.state IN ('held', 'confirmed')
      UNION ALL
      SELECT r.drop_id, r.customer_id, -r.units FROM inventory.returned r
    ) u
    GROUP BY u.drop_id, u.customer_id
  ) g
  JOIN inventory.drop d ON d.drop_id = g.drop_id
) f
