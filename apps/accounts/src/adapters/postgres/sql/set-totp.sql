-- Where a person whose row is locked stands with the second factor. $1 merchant_id, $2 staff_id, $3 secret, $4 pending secret (both encrypted, or null).
-- Rows: 1.
UPDATE accounts.staff SET totp_secret = $3, totp_pending = $4 WHERE merchant_id = $1 AND staff_id = $2
RETURNING staff_id
