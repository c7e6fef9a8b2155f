-- Marks the code of a step as used, or changes nothing when it was used before: of two requests with one code the second waits for the row and finds it used.
-- $1 merchant_id, $2 staff_id, $3 step of the code, $4 the used steps that still matter. Rows: 1 = used now, 0 = used before.
UPDATE accounts.staff SET totp_used = $4::bigint[] || $3::bigint
WHERE merchant_id = $1 AND staff_id = $2 AND NOT $3::bigint = ANY (totp_used)
RETURNING staff_id
