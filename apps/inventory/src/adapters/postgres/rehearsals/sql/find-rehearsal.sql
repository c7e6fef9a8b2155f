-- One rehearsal of a merchant's drop, without its evidence. $1 merchant_id, $2 drop_id, $3 rehearsal_id. Rows: 0 or 1.
SELECT rehearsal_id, drop_id, ghost_ids[1] AS ghost_id, settings, state, verdict, progress, detail, figures,
  coalesce(started_at, requested_at) AS started_at, ends_by, ended_at
FROM inventory.rehearsal
WHERE merchant_id = $1 AND drop_id = $2 AND rehearsal_id = $3
