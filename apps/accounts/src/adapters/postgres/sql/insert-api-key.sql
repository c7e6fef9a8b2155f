-- A key, or nothing when id or secret are in use, also by a key that was removed. $1 merchant_id, $2 key_id, $3 name, $4 prefix, $5 SHA-256 of the secret, $6 scopes, $7 created_by,
-- $8 expires_at or null. Rows: 1 = inserted, 0 = in use.
INSERT INTO accounts.api_key (merchant_id, key_id, name, prefix, secret_hash, scopes, created_by, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT DO NOTHING
RETURNING merchant_id, key_id, name, prefix, scopes, created_by, created_at, expires_at, last_used_at
