-- The figures of a drop as they are now, at one moment.
-- $1 merchant_id, $2 drop_id, $3 how long readers count after they were told, as an interval. Rows: 0 = not a drop of this merchant, or 1.
SELECT
  clock_timestamp() AS as_of,
  (SELECT coalesce(json_agg(json_build_object('sku', s.sku, 'total', s.total, 'available', s.available, 'held', s.held, 'sold', s.sold)
    ORDER BY i.position), '[]')
   FROM inventory.stock s JOIN inventory.item i USING (drop_id, sku)
   WHERE s.drop_id = d.drop_id AND i.removed_at IS NULL) AS items,
  (SELECT i.currency FROM inventory.item i WHERE i.drop_id = d.drop_id AND i.removed_at IS NULL LIMIT 1) AS currency,
  h.active, h.confirmed,
  h.released + p.released AS released, h.expired + p.expired AS expired, h.placed + p.placed AS placed,
  (SELECT coalesce(json_object_agg(c.code, c.refusals), '{}') FROM inventory.refusal_count c WHERE c.drop_id = d.drop_id) AS refusals,
  (SELECT o.sold_out_at FROM inventory.sold_out o WHERE o.drop_id = d.drop_id) AS sold_out_at,
  (SELECT coalesce(sum(newest.readers), 0)::integer
   FROM (
     SELECT DISTINCT ON (t.source) t.readers FROM inventory.tick t
     WHERE t.drop_id = d.drop_id AND t.second > clock_timestamp() - $3::interval
     ORDER BY t.source, t.second DESC
   ) newest) AS readers
FROM inventory.drop d
CROSS JOIN LATERAL (
  SELECT count(*) AS placed,
    count(*) FILTER (WHERE state = 'held') AS active, count(*) FILTER (WHERE state = 'confirmed') AS confirmed,
    count(*) FILTER (WHERE state = 'released') AS released, count(*) FILTER (WHERE state = 'expired') AS expired
  FROM inventory.hold WHERE drop_id = d.drop_id
) h
CROSS JOIN LATERAL (
  SELECT coalesce(sum(placed), 0)::bigint AS placed, coalesce(sum(released), 0)::bigint AS released,
    coalesce(sum(expired), 0)::bigint AS expired
  FROM inventory.purged_hold_count WHERE drop_id = d.drop_id
) p
WHERE d.merchant_id = $1 AND d.drop_id = $2 AND d.deleted_at IS NULL AND d.ghost_of IS NULL
