-- What was answered to a request. $1 merchant_id, $2 request_key. Rows: 0 or 1; without an answer it has the id of
-- what the request changed.
SELECT fingerprint, answer, target FROM inventory.merchant_request WHERE merchant_id = $1 AND request_key = $2
