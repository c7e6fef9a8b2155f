-- Makes a drop. Its first state is decided by the database's clock, read once: a time of opening that is over means open.
-- $1 drop_id, $2 merchant_id, $3 name, $4 description, $5 image_url, $6 opens_at ('now', an RFC 3339 time or null), $7 closes_at,
-- $8 per_customer_limit, $9 hold_ttl_seconds. Rows: 1 = made, 0 = it would be closed already.
WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now),
times AS (
  SELECT
    now,
    CASE WHEN $6::text = 'now' THEN now ELSE $6::timestamptz END AS opens_at,
    $7::timestamptz AS closes_at
  FROM clock
)
INSERT INTO inventory.drop
  (drop_id, merchant_id, name, description, image_url, state, opens_at, closes_at, per_customer_limit, hold_ttl_seconds)
SELECT
  $1, $2, $3, $4, $5,
  CASE WHEN opens_at IS NULL THEN 'draft' WHEN opens_at <= now THEN 'open' ELSE 'scheduled' END,
  opens_at, closes_at, $8, $9
FROM times
WHERE closes_at IS NULL OR closes_at > now
RETURNING drop_id
