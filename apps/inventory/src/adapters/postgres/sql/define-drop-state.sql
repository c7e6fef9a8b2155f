-- The state of a drop at a moment. A scheduled drop opens, and any drop closes, when its time comes; the
-- stored state follows a little later. The only place in SQL for this rule; a test compares it with
-- dropStateAt of libs/contracts. Inlined by the planner.
CREATE OR REPLACE FUNCTION inventory.drop_state_at(p_state text, p_opens_at timestamptz, p_closes_at timestamptz, p_at timestamptz)
RETURNS text
LANGUAGE sql IMMUTABLE
RETURN CASE
  WHEN p_state IN ('draft', 'closed') THEN p_state
  WHEN p_closes_at <= p_at THEN 'closed'
  WHEN p_state = 'scheduled' AND p_opens_at <= p_at THEN 'open'
  ELSE p_state
END;
