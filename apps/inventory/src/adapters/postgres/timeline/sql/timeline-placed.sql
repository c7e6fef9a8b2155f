-- Holds placed in a merchant's drop, one row for each SKU, in the order of time and id, by the index hold_placed.
-- Its predicate is repeated here and nowhere else, so that no statement of a lane is planned with it.
-- $1 drop_id, $2 merchant_id, $3 at, $4 hold_id and $5 line of the last row seen, $6 horizon, $7 holds to look at,
-- $8 rows at most, $9 customer_id or null, $10 state or null (not used). Rows: entries; one more, without a kind,
-- tells how many holds were looked at and the last of them.
WITH scanned AS MATERIALIZED (
  SELECT h.hold_id, h.customer_id, h.created_at AS at, h.skus, h.quantities
  FROM inventory.hold h
  WHERE h.drop_id = $1 AND coalesce(h.units, 0) > 0
    AND (h.created_at, h.hold_id) >= ($3::timestamptz, $4) AND h.created_at < $6::timestamptz
    AND EXISTS (SELECT FROM inventory.drop d WHERE d.drop_id = $1 AND d.merchant_id = $2 AND d.deleted_at IS NULL AND d.ghost_of IS NULL)
  ORDER BY h.created_at, h.hold_id
  LIMIT $7
), entries AS (
  SELECT s.at, s.hold_id, l.n::integer AS n, s.customer_id, l.sku, l.quantity
  FROM scanned s CROSS JOIN LATERAL unnest(s.skus, s.quantities) WITH ORDINALITY AS l(sku, quantity, n)
  WHERE ($9::text IS NULL OR s.customer_id = $9) AND $10::text IS NULL
    AND (s.at, s.hold_id, l.n) > ($3::timestamptz, $4, $5::bigint)
  ORDER BY s.at, s.hold_id, l.n
  LIMIT $8
)
SELECT 'hold.placed' AS kind, inventory.precise(e.at) AS at, e.hold_id AS id, e.n, e.customer_id, e.sku, e.quantity,
  NULL::text AS reason, NULL::jsonb AS actor, NULL::integer AS scanned
FROM entries e
UNION ALL
SELECT NULL, inventory.precise(max(s.at)), (SELECT l.hold_id FROM scanned l ORDER BY l.at DESC, l.hold_id DESC LIMIT 1),
  0, NULL, NULL, NULL, NULL, NULL, count(*)::integer
FROM scanned s
ORDER BY scanned NULLS FIRST, at, id, n
