-- The people of a merchant, oldest first. $1 merchant_id. Rows: one for each.
SELECT merchant_id, staff_id, email, name, role, password_hash, totp_secret, totp_pending, totp_used::float8[], created_at
FROM accounts.staff WHERE merchant_id = $1
ORDER BY created_at, staff_id
