-- Writes down the state that a drop has by the clock, or changes nothing: repeating it, or doing it in several processes, is harmless.
-- $1 drop_id. Rows: 1 = written, 0 = another process was faster.
WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now)
UPDATE inventory.drop SET
  state = CASE WHEN closes_at <= now THEN 'closed' ELSE 'open' END,
  revision = revision + 1
FROM clock
WHERE drop_id = $1
  AND state IN ('scheduled', 'open', 'paused')
  AND (closes_at <= now OR (state = 'scheduled' AND opens_at <= now))
RETURNING drop_id
