-- The live key with this secret. $1 merchant_id, $2 SHA-256 of the secret. Rows: 1 or 0.
SELECT merchant_id, key_id, name, prefix, scopes, created_by, created_at, expires_at, last_used_at
FROM accounts.api_key WHERE merchant_id = $1 AND secret_hash = $2 AND removed_at IS NULL
  AND (expires_at IS NULL OR expires_at > clock_timestamp())
