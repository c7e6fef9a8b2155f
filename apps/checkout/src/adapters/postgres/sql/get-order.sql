-- One order. Reads only.
-- $1 drop_id, $2 order_id. Rows: 1, or 0 = unknown.
SELECT checkout.order_image(o) AS image
FROM checkout.orders o
WHERE drop_id = $1 AND order_id = $2
