-- A session and its first refresh token. $1 merchant_id, $2 session_id, $3 staff_id, $4 seconds it lives, $5 SHA-256 of the token. Rows: 1.
WITH made AS (
  INSERT INTO accounts.session (merchant_id, session_id, staff_id, expires_at)
  VALUES ($1, $2, $3, clock_timestamp() + make_interval(secs => $4))
  RETURNING merchant_id, session_id, expires_at
), token AS (
  INSERT INTO accounts.refresh_token (merchant_id, session_id, generation, token_hash) SELECT merchant_id, session_id, 0, $5 FROM made
)
SELECT expires_at FROM made
