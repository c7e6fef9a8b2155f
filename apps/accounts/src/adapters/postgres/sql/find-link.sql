-- Whose live link it is. $1 merchant_id, $2 SHA-256 of the token. Rows: 1 or 0.
SELECT staff_id FROM accounts.one_time_link WHERE merchant_id = $1 AND token_hash = $2 AND expires_at > clock_timestamp()
