-- A customer's orders in all drops, newest first. Reads only. The only statement for a shopper that reads
-- more than one drop (a read model replaces it when drops are spread over several servers).
-- $1 customer_id, $2 created_at and $3 order_id of the last row seen (null: first page), $4 rows at most.
SELECT checkout.order_image(o) AS image
FROM checkout.orders o
WHERE customer_id = $1 AND ($2::timestamptz IS NULL OR (created_at, order_id) < ($2::timestamptz, $3))
ORDER BY created_at DESC, order_id DESC
LIMIT $4
