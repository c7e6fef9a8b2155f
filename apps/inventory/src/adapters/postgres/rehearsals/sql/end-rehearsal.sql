-- Keeps the result. $1 rehearsal_id, $2 runner, $3 state, $4 verdict, $5 detail, $6 figures, $7 evidence or null.
-- Rows: none; the row count is 0 where it has ended, also by this runner, or is another's.
UPDATE inventory.rehearsal SET state = $3, verdict = $4, detail = $5, figures = $6, evidence = $7, ended_at = clock_timestamp(),
  progress = CASE WHEN $3 = 'done' THEN 1 ELSE progress END
WHERE rehearsal_id = $1 AND runner = $2 AND state = 'running'
