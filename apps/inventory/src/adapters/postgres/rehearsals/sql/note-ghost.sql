-- Notes a ghost that is made in this transaction, so that it is removed with its rehearsal. $1 rehearsal_id, $2 runner, $3 ghost. Rows: the drop; 0 = the
-- rehearsal has ended or is another runner's.
UPDATE inventory.rehearsal SET ghost_ids = ghost_ids || $3::text
WHERE rehearsal_id = $1 AND runner = $2 AND state = 'running'
RETURNING drop_id, settings
