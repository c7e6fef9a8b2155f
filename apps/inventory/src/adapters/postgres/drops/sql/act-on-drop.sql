-- Takes one step in the life of a drop, or changes nothing when the step is not legal in the state that it is in by the clock.
-- The WHERE is the guard: a competing writer waits for the row, then judges it again. A drop that opens ahead of its time opens now,
-- and one that is closed by hand has closed now. (One closed before it opened keeps its times: it cannot close before it opens.)
-- $1 drop_id, $2 states in which the step is legal, $3 the state it leads to, $4 true when the step opens the drop for the first time.
-- Rows: 1 = done, 0 = unknown drop or illegal step.
WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now)
UPDATE inventory.drop SET
  state = $3,
  opens_at = CASE WHEN $4::boolean THEN now ELSE opens_at END,
  closes_at = CASE WHEN $3 = 'closed' AND (closes_at IS NULL OR closes_at > now) AND opens_at < now THEN now ELSE closes_at END,
  revision = revision + 1
FROM clock
WHERE drop_id = $1
  AND ($4 IS FALSE OR closes_at IS NULL OR closes_at > now)
  AND CASE
    WHEN state IN ('draft', 'closed') THEN state
    WHEN closes_at <= now THEN 'closed'
    WHEN state = 'scheduled' AND opens_at <= now THEN 'open'
    ELSE state
  END = ANY ($2::text[])
RETURNING drop_id
