-- Keeps the answer of a claimed request. $1 merchant_id, $2 request_key, $3 answer. Rows: none.
UPDATE inventory.merchant_request SET answer = $3 WHERE merchant_id = $1 AND request_key = $2
