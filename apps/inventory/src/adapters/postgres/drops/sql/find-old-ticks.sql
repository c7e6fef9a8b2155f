-- Drops that have ticks older than $1; each is then folded separately. Reads the first tick of each drop by the
-- primary key, whatever number of ticks it has. $2 rows at most. Rows: drop_id.
WITH RECURSIVE first AS (
  (SELECT drop_id, second FROM inventory.tick ORDER BY drop_id, second LIMIT 1)
  UNION ALL
  SELECT n.drop_id, n.second
  FROM first f
  CROSS JOIN LATERAL (
    SELECT t.drop_id, t.second FROM inventory.tick t WHERE t.drop_id > f.drop_id ORDER BY t.drop_id, t.second LIMIT 1
  ) n
)
SELECT drop_id FROM first
WHERE second < date_trunc('minute', clock_timestamp() - $1::interval, 'UTC')
LIMIT $2
