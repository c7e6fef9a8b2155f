-- Notes that a key is used, at most once in $3 seconds: a program calls a hundred times a second. $1 merchant_id, $2 key_id, $3 seconds. Rows: none.
UPDATE accounts.api_key SET last_used_at = clock_timestamp()
WHERE merchant_id = $1 AND key_id = $2 AND (last_used_at IS NULL OR last_used_at < clock_timestamp() - make_interval(secs => $3))
