-- One page of a merchant's orders, in all drops or in one, newest first. Reads only. Planned for its values
-- each time: with a drop by order_of_drop, else by order_of_merchant.
-- $1 merchant_id, $2 drop_id or null, $3 state or null, $4 created_at and $5 order_id of the last row seen
-- ('infinity' and '': first page), $6 rows at most.
SELECT checkout.order_image(o) AS image
FROM checkout.orders o
WHERE o.merchant_id = $1 AND ($2::text IS NULL OR o.drop_id = $2) AND ($3::text IS NULL OR o.state = $3)
  AND (o.created_at, o.order_id) < ($4::timestamptz, $5)
ORDER BY o.created_at DESC, o.order_id DESC
LIMIT $6
