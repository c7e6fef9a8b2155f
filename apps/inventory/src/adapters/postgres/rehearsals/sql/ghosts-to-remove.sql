-- The ghosts of rehearsals that have ended, until they are removed. $1 a rehearsal, or null for all. Rows: one for each rehearsal.
SELECT rehearsal_id, ghost_ids FROM inventory.rehearsal
WHERE state <> 'running' AND ghosts_removed_at IS NULL AND ($1::text IS NULL OR rehearsal_id = $1)
ORDER BY rehearsal_id
LIMIT 20
