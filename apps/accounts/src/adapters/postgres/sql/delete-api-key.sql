-- Ends a key and publishes that. The row stays until it is purged: its id and secret are never given out again.
-- $1 merchant_id, $2 key_id. Rows: 1; name is null when there was none.
WITH gone AS (
  UPDATE accounts.api_key SET removed_at = clock_timestamp()
  WHERE merchant_id = $1 AND key_id = $2 AND removed_at IS NULL RETURNING key_id, name)
SELECT max(name) AS name, accounts.revoke('api-key', array_agg(key_id)) FROM gone
