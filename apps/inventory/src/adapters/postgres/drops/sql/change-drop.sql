-- Changes a drop that is locked. $1 drop_id, $2 merchant_id, $3 name, $4 description, $5 image_url, $6 opens_at, $7 closes_at,
-- $8 per_customer_limit, $9 hold_ttl_seconds, $10 stock_display. Rows: 1.
UPDATE inventory.drop SET
  name = $3, description = $4, image_url = $5, opens_at = $6, closes_at = $7, per_customer_limit = $8, hold_ttl_seconds = $9,
  stock_display = $10, revision = revision + 1
WHERE drop_id = $1 AND merchant_id = $2 AND deleted_at IS NULL
