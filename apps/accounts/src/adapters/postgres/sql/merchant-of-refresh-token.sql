-- Whose it is. $1 SHA-256 of the secret. Rows: 1; merchant_id is null when nobody's.
SELECT accounts.merchant_of_refresh_token($1) AS merchant_id
