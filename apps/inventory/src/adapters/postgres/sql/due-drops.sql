-- Drops that have holds whose time is over. Steps from drop to drop through the index of live holds, so finished drops cost nothing.
-- $1 at most so many drops.
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
