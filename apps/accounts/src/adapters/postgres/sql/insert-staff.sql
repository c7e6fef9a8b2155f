-- A person, or nothing when the address is staff already, here or at another merchant: the unique constraint sees all merchants.
-- $1 merchant_id, $2 staff_id, $3 e-mail in lower case, $4 name, $5 role, $6 password_hash or null. Rows: 1 = inserted, 0 = address taken.
INSERT INTO accounts.staff (merchant_id, staff_id, email, name, role, password_hash) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT DO NOTHING
RETURNING merchant_id, staff_id, email, name, role, password_hash, totp_secret, totp_pending, totp_used::float8[], created_at
