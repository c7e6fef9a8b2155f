-- Bounds what is kept of a drop: its oldest rehearsals go, with their evidence. None that runs or has ghosts.
-- $1 merchant_id, $2 drop_id, $3 how many of the newest stay. Rows: none.
DELETE FROM inventory.rehearsal r
WHERE r.merchant_id = $1 AND r.drop_id = $2 AND r.state <> 'running' AND r.ghosts_removed_at IS NOT NULL
  AND r.rehearsal_id NOT IN (
    SELECT k.rehearsal_id FROM inventory.rehearsal k WHERE k.merchant_id = $1 AND k.drop_id = $2
    ORDER BY k.requested_at DESC, k.rehearsal_id LIMIT $3
  )
