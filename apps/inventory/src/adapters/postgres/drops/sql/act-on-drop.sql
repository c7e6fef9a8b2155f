-- Moves a drop to its next state, or changes nothing if the transition is not allowed from its current state.
-- The WHERE is the guard: a competing writer waits for the row lock, then evaluates it again. Opening early
-- sets opens_at to now, closing sets closes_at to now. A drop closed before it opened keeps its times,
-- because it cannot close before it opens.
-- $1 drop_id, $2 states from which the transition is allowed, $3 the new state, $4 true if this opens the
-- drop for the first time,
-- $5 merchant_id, or null for the operator, who manages all drops.
-- Rows: 1 = done, with the merchant; 0 = unknown drop or transition not allowed.
WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now)
UPDATE inventory.drop SET
  state = $3,
  opens_at = CASE WHEN $4::boolean THEN now ELSE opens_at END,
  closes_at = CASE WHEN $3 = 'closed' AND (closes_at IS NULL OR closes_at > now) AND opens_at < now THEN now ELSE closes_at END,
  revision = revision + 1
FROM clock
WHERE drop_id = $1
  AND deleted_at IS NULL
  AND ghost_of IS NULL
  AND ($5::text IS NULL OR merchant_id = $5)
  AND ($4 IS FALSE OR closes_at IS NULL OR closes_at > now)
  AND inventory.drop_state_at(state, opens_at, closes_at, now) = ANY ($2::text[])
RETURNING merchant_id
