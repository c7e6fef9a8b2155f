-- Creates a drop. The database's clock, read once, decides its initial state: an opening time in the past
-- means open. A draft stays one, whatever its times.
-- $1 drop_id, $2 merchant_id, $3 name, $4 description, $5 image_url, $6 opens_at ('now', an RFC 3339 time or
-- null), $7 closes_at,
-- $8 per_customer_limit, $9 hold_ttl_seconds, $10 stock_display, $11 true for a draft. Rows: 1 = created, 0 = the closing time is in the past.
WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now),
times AS (
  SELECT
    now,
    CASE WHEN $6::text = 'now' THEN now ELSE $6::timestamptz END AS opens_at,
    $7::timestamptz AS closes_at
  FROM clock
)
INSERT INTO inventory.drop
  (drop_id, merchant_id, name, description, image_url, state, opens_at, closes_at, per_customer_limit, hold_ttl_seconds,
   stock_display)
SELECT
  $1, $2, $3, $4, $5,
  CASE WHEN $11 OR opens_at IS NULL THEN 'draft' ELSE inventory.drop_state_at('scheduled', opens_at, closes_at, now) END,
  opens_at, closes_at, $8, $9, $10
FROM times
WHERE closes_at IS NULL OR closes_at > now
RETURNING drop_id
