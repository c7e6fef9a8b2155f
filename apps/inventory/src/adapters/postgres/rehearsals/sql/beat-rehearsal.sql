-- The runner goes on; a beat that was held up takes no progress back. $1 rehearsal_id, $2 runner, $3 progress, $4 detail, $5 figures. Rows: 1 = whether it is to stop; 0 = it has ended or is another runner's.
UPDATE inventory.rehearsal SET beaten_at = clock_timestamp(), progress = greatest(progress, $3), detail = $4, figures = $5
WHERE rehearsal_id = $1 AND runner = $2 AND state = 'running'
RETURNING stop_requested OR clock_timestamp() > ends_by AS stop
