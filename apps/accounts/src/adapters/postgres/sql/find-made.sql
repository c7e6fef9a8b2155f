-- With which body something was made. $1 merchant_id, $2 made_id. Rows: 0 or 1.
SELECT fingerprint FROM accounts.made WHERE merchant_id = $1 AND made_id = $2
