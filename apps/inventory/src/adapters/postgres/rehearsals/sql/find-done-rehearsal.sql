-- Whether a drop has this rehearsal, and it ran to its end. $1 merchant_id, $2 drop_id, $3 rehearsal_id. Rows: 1, or 0 = no.
SELECT FROM inventory.rehearsal WHERE merchant_id = $1 AND drop_id = $2 AND rehearsal_id = $3 AND state = 'done'
