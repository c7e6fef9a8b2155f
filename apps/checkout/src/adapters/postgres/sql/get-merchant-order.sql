-- One order of a merchant. Reads one row by its key.
-- $1 drop_id, $2 order_id, $3 merchant_id. Rows: 1, or 0 = unknown or another merchant's.
SELECT checkout.order_image(o) AS image
FROM checkout.orders o
WHERE drop_id = $1 AND order_id = $2 AND merchant_id = $3
