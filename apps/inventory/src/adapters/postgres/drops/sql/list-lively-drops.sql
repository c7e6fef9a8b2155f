-- Drops whose counts may still change: all but those that were made and closed long ago (then the last hold has ended too).
-- A list over all drops, read page by page. $1 the last drop_id seen ('' at first), $2 rows at most, $3 how long ago is long. Rows: drop_id.
SELECT drop_id
FROM inventory.drop
WHERE drop_id > $1
  AND (state <> 'closed' OR greatest(created_at, closes_at) > clock_timestamp() - $3::interval)
ORDER BY drop_id
LIMIT $2
