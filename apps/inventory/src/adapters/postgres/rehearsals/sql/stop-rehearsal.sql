-- Asks the runner to end a rehearsal; one that no runner has taken over ends at once. One that has ended stays as it is.
-- $1 merchant_id, $2 drop_id, $3 rehearsal_id. Rows: none.
UPDATE inventory.rehearsal SET
  stop_requested = true,
  state = CASE WHEN runner IS NULL THEN 'stopped' ELSE state END,
  ended_at = CASE WHEN runner IS NULL THEN clock_timestamp() END,
  detail = CASE WHEN runner IS NULL THEN 'stopped before it began' ELSE detail END
WHERE merchant_id = $1 AND drop_id = $2 AND rehearsal_id = $3 AND state = 'running'
