-- The order that pays or has paid a hold: at most one, by a unique index. Reads only.
-- $1 drop_id, $2 hold_id. Rows: 1, or 0 = none.
SELECT checkout.order_image(o) AS image
FROM checkout.orders o
WHERE drop_id = $1 AND hold_id = $2 AND state IN ('pending', 'paid', 'refunding')
