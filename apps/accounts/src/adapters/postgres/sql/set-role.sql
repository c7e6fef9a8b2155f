-- Another role for a person whose row is locked. $1 merchant_id, $2 staff_id, $3 role. Rows: 1.
UPDATE accounts.staff SET role = $3 WHERE merchant_id = $1 AND staff_id = $2
RETURNING merchant_id, staff_id, email, name, role, password_hash, totp_secret, totp_pending, totp_used::float8[], created_at
