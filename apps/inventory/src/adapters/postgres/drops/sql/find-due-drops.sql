-- Drops whose stored state time has overtaken. A list over all drops from a partial index; each is then changed by itself.
-- $1 rows at most. Rows: drop_id.
SELECT drop_id
FROM inventory.drop
WHERE state IN ('scheduled', 'open', 'paused')
  AND (closes_at <= clock_timestamp() OR (state = 'scheduled' AND opens_at <= clock_timestamp()))
LIMIT $1
