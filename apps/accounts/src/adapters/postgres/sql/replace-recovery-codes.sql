-- The recovery codes of a person, in place of older ones. $1 merchant_id, $2 staff_id, $3 SHA-256 of each (none: all go). Rows: none.
WITH gone AS (DELETE FROM accounts.recovery_code WHERE merchant_id = $1 AND staff_id = $2)
INSERT INTO accounts.recovery_code (merchant_id, staff_id, code_hash) SELECT $1, $2, unnest($3::bytea[])
