-- Stores the state that a drop has by the clock, and the fact of it. Idempotent, and safe to run in several processes.
-- $1 drop_id. Rows: 1 = updated, 0 = up to date already.
WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now),
advanced AS (
  UPDATE inventory.drop SET
    state = inventory.drop_state_at(state, opens_at, closes_at, now),
    revision = revision + 1
  FROM clock
  WHERE drop_id = $1
    -- Nothing is told of a ghost; it has no closing time either.
    AND ghost_of IS NULL
    AND state <> inventory.drop_state_at(state, opens_at, closes_at, now)
  RETURNING merchant_id, drop_id, state
)
INSERT INTO inventory.audit_outbox (merchant_id, actor, action, target, change)
SELECT merchant_id,
  jsonb_build_object('kind', 'system', 'id', 'clock', 'label', 'clock'),
  CASE state WHEN 'open' THEN 'drop.opened' ELSE 'drop.closed' END,
  jsonb_build_object('kind', 'drop', 'id', drop_id),
  jsonb_build_object('state', state)
FROM advanced
