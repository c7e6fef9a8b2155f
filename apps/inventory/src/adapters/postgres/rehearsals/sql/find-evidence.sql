-- What the report of a rehearsal shows besides its result. $1 merchant_id, $2 rehearsal_id. Rows: 0 or 1.
SELECT evidence FROM inventory.rehearsal WHERE merchant_id = $1 AND rehearsal_id = $2
