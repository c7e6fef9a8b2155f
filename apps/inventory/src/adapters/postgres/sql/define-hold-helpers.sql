-- Helpers of run_batch: the decision on one end, the images of a hold, and the search for holds past their
-- deadline.

-- The answer to a command on a hold in this state. Letters as in end_holds; "D:<what>" means that a row has
-- to be written. A hold without a payment in flight may be confirmed by any order of its customer: both money
-- and units are there.
CREATE OR REPLACE FUNCTION inventory.judge_end(p_kind text, p_order_id text, p_state text, p_paying_order_id text, p_in_time boolean)
RETURNS text
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
  v_live boolean := p_state = 'held' AND p_in_time;
  v_over boolean := p_state = 'expired' OR (p_state = 'held' AND NOT p_in_time);
  v_mine boolean := p_paying_order_id IS NULL OR p_paying_order_id = p_order_id;
BEGIN
  CASE p_kind
    WHEN 'confirm' THEN
      RETURN CASE
        WHEN p_state = 'confirmed' AND p_paying_order_id = p_order_id THEN 'D'
        WHEN v_over THEN 'x'
        WHEN v_live AND v_mine THEN 'D:confirm'
        ELSE 'a'
      END;
    WHEN 'extend' THEN
      RETURN CASE
        WHEN v_over THEN 'x'
        WHEN NOT v_live THEN 'a'
        WHEN p_paying_order_id IS NULL THEN 'D:extend'
        WHEN v_mine THEN 'D'
        ELSE 'p'
      END;
    WHEN 'yield' THEN
      RETURN CASE
        WHEN NOT v_live OR NOT v_mine THEN 'a'
        WHEN p_paying_order_id IS NULL THEN 'D'
        ELSE 'D:yield'
      END;
    WHEN 'release', 'release-for-order' THEN
      RETURN CASE
        WHEN p_state = 'confirmed' THEN 'f'
        WHEN p_state = 'held' AND v_over THEN 'D:expire'
        WHEN NOT v_live THEN 'D'
        WHEN p_paying_order_id IS NOT NULL AND p_paying_order_id IS DISTINCT FROM p_order_id THEN 'p'
        ELSE 'D:release'
      END;
  END CASE;
END
$$;

-- A hold's row as the adapter decodes it.
CREATE OR REPLACE FUNCTION inventory.hold_image(h inventory.hold)
RETURNS jsonb
LANGUAGE sql STABLE
RETURN jsonb_build_object(
  'hold_id', h.hold_id, 'drop_id', h.drop_id, 'customer_id', h.customer_id, 'state', h.state, 'fingerprint', h.fingerprint,
  'skus', h.skus, 'quantities', h.quantities, 'prices_minor', h.prices_minor, 'currency', h.currency,
  'created_ms', (extract(epoch FROM h.created_at) * 1000)::bigint,
  'first_expires_ms', (extract(epoch FROM h.first_expires_at) * 1000)::bigint,
  'expires_ms', (extract(epoch FROM h.expires_at) * 1000)::bigint
);

-- Payload of hold.confirmed.v1, hold.released.v1 and hold.expired.v1.
CREATE OR REPLACE FUNCTION inventory.hold_fact(p_drop_id text, p_hold_id text, p_customer_id text, p_order_id text, p_skus text[], p_quantities integer[],
  p_at timestamptz)
RETURNS jsonb
LANGUAGE sql STABLE
RETURN jsonb_build_object(
  'dropId', p_drop_id, 'holdId', p_hold_id, 'customerId', p_customer_id, 'orderId', p_order_id,
  'lines', (SELECT jsonb_agg(jsonb_build_object('sku', l.sku, 'quantity', l.quantity)) FROM unnest(p_skus, p_quantities) AS l(sku, quantity)),
  'at', to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
);

-- Holds of a drop past their deadline, oldest first. With sorting disabled, the planner has to use the index
-- in this order.
CREATE OR REPLACE FUNCTION inventory.due_holds(p_drop_id text, p_clock timestamptz, p_max integer)
RETURNS text[]
LANGUAGE plpgsql VOLATILE
SET enable_sort = off SET enable_bitmapscan = off
AS $$
BEGIN
  RETURN coalesce((
    SELECT array_agg(due.hold_id) FROM (
      SELECT h.hold_id FROM inventory.hold h
      WHERE h.drop_id = p_drop_id AND h.ended_at IS NULL AND h.expires_at <= p_clock
      ORDER BY h.expires_at
      LIMIT p_max
    ) due
  ), '{}');
END
$$;
