-- The keys of a merchant, oldest first, without their secrets' hashes. $1 merchant_id. Rows: one for each.
SELECT merchant_id, key_id, name, prefix, scopes, created_by, created_at, expires_at, last_used_at
FROM accounts.api_key WHERE merchant_id = $1 AND removed_at IS NULL
ORDER BY created_at, key_id
