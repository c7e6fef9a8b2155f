-- Drops by id, with the database's time, from which their state is derived. $1 drop ids. Rows: one for each
-- that exists.
SELECT
  drop_id, merchant_id, name, description, image_url, state, mode, opens_at, closes_at, per_customer_limit, hold_ttl_seconds,
  stock_display, admission_per_minute, admission_from, shown_band, shown_version, shown_at, revision, created_at, clock_timestamp() AS now
FROM inventory.drop
WHERE drop_id = ANY ($1::text[])
