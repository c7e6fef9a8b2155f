-- Whether a person's session is live. $1 merchant_id, $2 staff_id, $3 session_id. Rows: 1 = live, 0 = ended or unknown.
SELECT expires_at FROM accounts.session
WHERE merchant_id = $1 AND staff_id = $2 AND session_id = $3 AND expires_at > clock_timestamp()
