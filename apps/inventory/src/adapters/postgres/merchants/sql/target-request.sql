-- Keeps what a claimed request has changed, from which its answer is read afterwards. $1 merchant_id, $2 request_key,
-- $3 target. Rows: none.
UPDATE inventory.merchant_request SET target = $3 WHERE merchant_id = $1 AND request_key = $2
