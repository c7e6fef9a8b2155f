-- Keeps the answer of a claimed request, if it has none. $1 merchant_id, $2 request_key, $3 answer. Rows: none; the
-- row count is 0 if there was one.
UPDATE inventory.merchant_request SET answer = $3 WHERE merchant_id = $1 AND request_key = $2 AND answer IS NULL
