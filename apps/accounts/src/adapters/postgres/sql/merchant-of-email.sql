-- Whose it is. $1 e-mail in lower case. Rows: 1; merchant_id is null when nobody's.
SELECT accounts.merchant_of_email($1) AS merchant_id
