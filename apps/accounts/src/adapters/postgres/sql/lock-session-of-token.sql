-- The live session to which a token belongs, kept until the commit: requests with tokens of one session come one after the other. The token itself is read
-- by a statement of its own (find-refresh-token.sql), whose snapshot is younger than the lock. $1 merchant_id, $2 SHA-256 of the token. Rows: 1 or 0.
SELECT session_id, staff_id, expires_at FROM accounts.session
WHERE merchant_id = $1 AND expires_at > clock_timestamp() AND session_id = (
  SELECT session_id FROM accounts.refresh_token WHERE merchant_id = $1 AND token_hash = $2
)
FOR UPDATE
