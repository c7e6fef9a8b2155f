-- Replaces the password of a person whose row is locked. $1 merchant_id, $2 staff_id, $3 password_hash. Rows: 1 or 0.
UPDATE accounts.staff SET password_hash = $3 WHERE merchant_id = $1 AND staff_id = $2
RETURNING staff_id
