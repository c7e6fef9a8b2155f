-- Drops whose stored state is behind the clock, from a partial index; each is then updated separately.
-- $1 rows at most. Rows: drop_id.
WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now)
SELECT drop_id
FROM inventory.drop, clock
WHERE state IN ('scheduled', 'open', 'paused')
  AND ghost_of IS NULL
  AND state <> inventory.drop_state_at(state, opens_at, closes_at, now)
LIMIT $1
