-- What happened to the orders of a merchant's drop, in the order of time, by the primary key of the events.
-- $1 drop_id, $2 merchant_id, $3 at, $4 order_id and $5 what of the last row seen, $6 horizon, $7 events to look at,
-- $8 rows at most, $9 customer_id or null, $10 what or null. Rows: events with their orders; one more, without an
-- order, tells how many were looked at and the last of them.
WITH scanned AS MATERIALIZED (
  SELECT e.at, e.order_id, e.what, e.reason
  FROM checkout.order_event e
  WHERE e.drop_id = $1 AND (e.at, e.order_id, e.what) > ($3::timestamptz, $4, $5::smallint) AND e.at < $6::timestamptz
  ORDER BY e.at, e.order_id, e.what
  LIMIT $7
), entries AS (
  SELECT s.*, o.customer_id, o.hold_id, o.lines
  FROM scanned s
  JOIN checkout.orders o ON o.drop_id = $1 AND o.order_id = s.order_id AND o.merchant_id = $2
  WHERE ($9::text IS NULL OR o.customer_id = $9) AND ($10::smallint IS NULL OR s.what = $10)
  ORDER BY s.at, s.order_id, s.what
  LIMIT $8
)
SELECT checkout.precise(e.at) AS at, e.order_id, e.what, e.reason, e.customer_id, e.hold_id, e.lines, NULL::integer AS scanned
FROM entries e
UNION ALL
SELECT checkout.precise(l.at), l.order_id, l.what, NULL, NULL, NULL, NULL, (SELECT count(*) FROM scanned)::integer
FROM (SELECT * FROM scanned ORDER BY at DESC, order_id DESC, what DESC LIMIT 1) l
ORDER BY scanned NULLS FIRST, at, order_id, what
