-- One person, kept until the commit: sign-ins, codes and changes of one person come one after the other. $1 merchant_id, $2 staff_id. Rows: 1 or 0.
SELECT merchant_id, staff_id, email, name, role, password_hash, totp_secret, totp_pending, totp_used::float8[], created_at
FROM accounts.staff WHERE merchant_id = $1 AND staff_id = $2
FOR UPDATE
