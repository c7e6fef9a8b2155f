-- Ends one session and publishes that. $1 merchant_id, $2 session_id. Rows: 1.
WITH ended AS (DELETE FROM accounts.session WHERE merchant_id = $1 AND session_id = $2 RETURNING session_id)
SELECT accounts.revoke('session', array_agg(session_id)) FROM ended
