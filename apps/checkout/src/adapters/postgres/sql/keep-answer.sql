-- Stores the first 2xx answer of a key. Safe because it writes only if there is none.
-- $1 drop_id, $2 order_id, $3 attempt, $4 status, $5 body. Rows: 1 = stored, 0 = there is one already.
UPDATE checkout.orders
SET answer_status = $4, answer_body = $5
WHERE drop_id = $1 AND order_id = $2 AND attempt = $3 AND answer_status IS NULL
