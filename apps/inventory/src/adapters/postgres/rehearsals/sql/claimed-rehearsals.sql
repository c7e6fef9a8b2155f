-- Rehearsals that a runner has taken over. Rows: rehearsal_id, runner.
SELECT rehearsal_id, runner FROM inventory.rehearsal WHERE state = 'running' AND runner IS NOT NULL
