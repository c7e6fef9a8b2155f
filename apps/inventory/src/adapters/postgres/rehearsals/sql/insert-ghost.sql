-- Copies a drop, open from now on and without an end. $1 ghost's id, $2 the drop. Rows: 1, or 0 = the drop was deleted.
INSERT INTO inventory.drop
  (drop_id, ghost_of, merchant_id, name, description, image_url, state, mode, opens_at, per_customer_limit, hold_ttl_seconds, stock_display)
SELECT $1, drop_id, merchant_id, name, description, image_url, 'open', mode, clock_timestamp(), per_customer_limit, hold_ttl_seconds, stock_display
FROM inventory.drop WHERE drop_id = $2 AND deleted_at IS NULL AND ghost_of IS NULL
RETURNING drop_id
