-- Takes a live link: of many requests with one token only one deletes it. $1 merchant_id, $2 SHA-256 of the token. Rows: 1 = taken, 0 = used, over, unknown.
DELETE FROM accounts.one_time_link WHERE merchant_id = $1 AND token_hash = $2 AND expires_at > clock_timestamp()
RETURNING staff_id
