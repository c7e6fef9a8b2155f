-- One person by address. $1 merchant_id, $2 e-mail in lower case. Rows: 1 or 0.
SELECT merchant_id, staff_id, email, name, role, password_hash, totp_secret, totp_pending, totp_used::float8[], created_at
FROM accounts.staff WHERE merchant_id = $1 AND email = $2
