-- Drops whose counts may still change: all but those that were made and closed long ago and have no live hold left.
-- (The index hold_due answers the last for each drop with one look.)
-- A list over all drops, read page by page. $1 the last drop_id seen ('' at first), $2 rows at most, $3 how long ago is long. Rows: drop_id.
SELECT d.drop_id
FROM inventory.drop d
WHERE d.drop_id > $1
  AND (
    d.state <> 'closed'
    OR greatest(d.created_at, d.closes_at) > clock_timestamp() - $3::interval
    OR EXISTS (SELECT FROM inventory.hold h WHERE h.drop_id = d.drop_id AND h.ended_at IS NULL)
  )
ORDER BY d.drop_id
LIMIT $2
