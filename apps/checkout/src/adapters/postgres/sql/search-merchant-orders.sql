-- One page of a merchant's orders whose id, e-mail address or customer begins with a text, newest first, see
-- define-find-orders.sql. Reads only.
-- $1 merchant_id, $2 drop_id or null, $3 state or null, $4 created_at and $5 order_id of the last row seen
-- ('infinity' and '': first page), $6 rows at most, $7 the text in lower case and $8 the end of its range,
-- $9 first and $10 last drop_id of such orders. Rows: the orders.
SELECT checkout.order_image(o) AS image
FROM checkout.find_orders($2, $3, $4, $5, $6, $7, $8, $9, $10) found
JOIN checkout.orders o ON o.drop_id = found.drop_id AND o.order_id = found.order_id
WHERE o.merchant_id = $1
ORDER BY o.created_at DESC, o.order_id DESC
