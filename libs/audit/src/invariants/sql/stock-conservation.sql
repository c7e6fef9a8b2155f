-- total = available + held + sold, each at least 0, for every SKU of every drop.
-- The table's CHECKs enforce the same; this finds rows that bypassed them (restore, disk corruption, manual
-- change). Reads only.
-- Row: checked = SKUs.
SELECT count(*) AS checked, count(*) FILTER (WHERE f.fault) AS broken, (array_agg(f.example) FILTER (WHERE f.fault))[1:5] AS examples
FROM (
  SELECT j.fault, CASE WHEN j.fault THEN jsonb_build_object('dropId', s.drop_id, 'sku', s.sku, 'total', s.total, 'available', s.available,
    'held', s.held, 'sold', s.sold) END AS example
  FROM inventory.stock s,
    LATERAL (SELECT s.total <> s.available + s.held + s.sold OR least(s.total, s.available, s.held, s.sold) < 0 AS fault) j
) f
