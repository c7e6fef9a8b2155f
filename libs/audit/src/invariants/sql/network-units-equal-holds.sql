-- The counter behind a network's budget equals the units in its live holds. If it is too high, its shoppers
-- are refused wrongly; if it is too low, the network exceeds its share. Reads only. Row: checked = networks
-- of drops.
SELECT count(*) AS checked, count(*) FILTER (WHERE f.fault) AS broken, (array_agg(f.example) FILTER (WHERE f.fault))[1:5] AS examples
FROM (
  SELECT coalesce(n.unpaid, 0) <> coalesce(g.units, 0) AS fault,
    CASE WHEN coalesce(n.unpaid, 0) <> coalesce(g.units, 0) THEN
      jsonb_build_object('dropId', coalesce(n.drop_id, g.drop_id), 'network', coalesce(n.network, g.network),
        'counted', n.unpaid, 'unitsInHolds', coalesce(g.units, 0)) END AS example
  FROM inventory.network_units n
  FULL JOIN (
    SELECT h.drop_id, v.network, sum(h.units) AS units
    FROM inventory.hold h CROSS JOIN LATERAL (VALUES (h.network), (h.network_block)) AS v(network)
    WHERE h.state = 'held' AND v.network IS NOT NULL
    GROUP BY h.drop_id, v.network
  ) g ON g.drop_id = n.drop_id AND g.network = n.network
) f
