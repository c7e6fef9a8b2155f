-- A one-time link in place of the person's older one. $1 merchant_id, $2 staff_id, $3 SHA-256 of the token, $4 seconds it lives. Rows: 1.
INSERT INTO accounts.one_time_link (merchant_id, staff_id, token_hash, expires_at)
VALUES ($1, $2, $3, clock_timestamp() + make_interval(secs => $4))
ON CONFLICT (merchant_id, staff_id) DO UPDATE SET token_hash = excluded.token_hash, expires_at = excluded.expires_at
RETURNING staff_id
