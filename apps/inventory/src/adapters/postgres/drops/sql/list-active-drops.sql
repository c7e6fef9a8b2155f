-- Drops whose counts may still change: all except those created and closed more than $3 ago that have no live
-- hold, and removed ghosts, of which nobody reads. (The index hold_due answers the last condition with one probe per drop.)
-- $1 last drop_id seen ('' for the first page), $2 rows at most, $3 an interval. Rows: drop_id.
SELECT d.drop_id
FROM inventory.drop d
WHERE d.drop_id > $1
  AND (d.ghost_of IS NULL OR d.deleted_at IS NULL)
  AND (
    d.state <> 'closed'
    OR greatest(d.created_at, d.closes_at) > clock_timestamp() - $3::interval
    OR EXISTS (SELECT FROM inventory.hold h WHERE h.drop_id = d.drop_id AND h.ended_at IS NULL)
  )
ORDER BY d.drop_id
LIMIT $2
