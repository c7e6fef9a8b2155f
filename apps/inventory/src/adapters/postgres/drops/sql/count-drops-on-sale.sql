-- How many drops of a merchant are scheduled, open or paused by the clock. Run it after `lock-drops-on-sale.sql`.
-- $1 merchant_id, $2 count no further than this. Rows: 1.
WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now)
SELECT count(*)::int AS drops FROM (
  SELECT 1 FROM inventory.drop, clock
  WHERE merchant_id = $1
    AND deleted_at IS NULL
    AND ghost_of IS NULL
    AND inventory.drop_state_at(state, opens_at, closes_at, now) IN ('scheduled', 'open', 'paused')
  LIMIT $2
) AS on_sale
