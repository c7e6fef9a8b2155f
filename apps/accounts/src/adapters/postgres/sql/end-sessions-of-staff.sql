-- Ends the sessions of a person and publishes that. $1 merchant_id, $2 staff_id, $3 session that stays, or null,
-- $4 how many of the newest stay besides. Rows: 1.
WITH ended AS (
  DELETE FROM accounts.session WHERE merchant_id = $1 AND session_id IN (
    SELECT session_id FROM accounts.session
    WHERE merchant_id = $1 AND staff_id = $2 AND session_id IS DISTINCT FROM $3
    ORDER BY created_at DESC, session_id OFFSET $4
  )
  RETURNING session_id
)
SELECT accounts.revoke('session', array_agg(session_id)) FROM ended
