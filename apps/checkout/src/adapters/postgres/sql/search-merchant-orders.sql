-- One page of a merchant's orders whose id, e-mail address or customer begins with a text, newest first.
-- Reads only. A beginning is a range in the order of bytes, so no character of it is a pattern; each of the
-- three is a range of an index. An order's id begins with that of its drop, which makes it a range of the
-- primary key. Planned for its values each time.
-- $1 merchant_id, $2 drop_id or null, $3 state or null, $4 created_at and $5 order_id of the last row seen
-- ('infinity' and '': first page), $6 rows at most, $7 the text in lower case and $8 the end of its range,
-- $9 first and $10 last drop_id of such orders.
SELECT checkout.order_image(o) AS image
FROM (
  SELECT drop_id, order_id, created_at FROM checkout.orders
  WHERE merchant_id = $1 AND lower(email COLLATE "C") >= $7 AND lower(email COLLATE "C") < $8
    AND ($2::text IS NULL OR drop_id = $2) AND ($3::text IS NULL OR state = $3) AND (created_at, order_id) < ($4::timestamptz, $5)
  UNION
  SELECT drop_id, order_id, created_at FROM checkout.orders
  WHERE merchant_id = $1 AND customer_id >= $7 AND customer_id < $8
    AND ($2::text IS NULL OR drop_id = $2) AND ($3::text IS NULL OR state = $3) AND (created_at, order_id) < ($4::timestamptz, $5)
  UNION
  SELECT drop_id, order_id, created_at FROM checkout.orders
  WHERE merchant_id = $1 AND drop_id BETWEEN $9 AND $10 AND order_id >= $7 AND order_id < $8
    AND ($2::text IS NULL OR drop_id = $2) AND ($3::text IS NULL OR state = $3) AND (created_at, order_id) < ($4::timestamptz, $5)
  ORDER BY created_at DESC, order_id DESC
  LIMIT $6
) found
JOIN checkout.orders o ON o.drop_id = found.drop_id AND o.order_id = found.order_id
ORDER BY o.created_at DESC, o.order_id DESC
