-- Removes a person with codes and links; their sessions were ended before. $1 merchant_id, $2 staff_id. Rows: 1 or 0.
DELETE FROM accounts.staff WHERE merchant_id = $1 AND staff_id = $2
RETURNING staff_id
