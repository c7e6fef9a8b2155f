-- Drops that have holds past their deadline. Skips from drop to drop in the index of live holds, so finished
-- drops cost nothing.
-- $1 drops at most.
WITH RECURSIVE live (drop_id) AS (
  (SELECT h.drop_id FROM inventory.hold h WHERE h.ended_at IS NULL ORDER BY h.drop_id LIMIT 1)
  UNION ALL
  SELECT (SELECT h.drop_id FROM inventory.hold h WHERE h.ended_at IS NULL AND h.drop_id > live.drop_id ORDER BY h.drop_id LIMIT 1)
  FROM live WHERE live.drop_id IS NOT NULL
)
SELECT live.drop_id FROM live
WHERE live.drop_id IS NOT NULL AND EXISTS (
  SELECT FROM inventory.hold h WHERE h.drop_id = live.drop_id AND h.ended_at IS NULL AND h.expires_at <= clock_timestamp()
)
LIMIT $1
