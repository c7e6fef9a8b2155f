-- A token of a locked session. $1 merchant_id, $2 session_id, $3 SHA-256 of the token. Rows: 1 or 0.
SELECT generation, successor, extract(epoch FROM clock_timestamp() - replaced_at)::float8 AS replaced_for_seconds
FROM accounts.refresh_token WHERE merchant_id = $1 AND session_id = $2 AND token_hash = $3
