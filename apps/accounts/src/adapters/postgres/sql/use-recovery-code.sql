-- Takes a recovery code: of two requests with one code only one deletes it. $1 merchant_id, $2 staff_id, $3 SHA-256. Rows: 1 = taken, 0 = unknown or used.
DELETE FROM accounts.recovery_code WHERE merchant_id = $1 AND staff_id = $2 AND code_hash = $3
RETURNING staff_id
