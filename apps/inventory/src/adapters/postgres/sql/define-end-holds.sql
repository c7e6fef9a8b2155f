-- Ends holds (confirm, release, expire) and passes them between customer and payment (extend, yield). Runs
-- inside run_batch, under its lock.
--
-- Letters: D done · n not-found · x expired · a not-active · p payment-in-flight · f confirmed.
-- Done: now, or before by the same command. Not found: unknown, or another customer's.
-- Each UPDATE repeats its condition (state, time, order) beside the key, so a wrong decision changes nothing
-- and the row count reveals it.
CREATE OR REPLACE FUNCTION inventory.end_holds(
  p_drop_id text,
  p_kinds text[], p_hold_ids text[], p_customer_ids text[], p_order_ids text[],
  p_payment_window_seconds integer, p_expire_max integer, p_clock timestamptz, p_now timestamptz,
  OUT codes text, OUT expired integer, OUT extended json,
  -- Stock changes of the ended holds, by SKU.
  OUT skus text[], OUT available bigint[], OUT held bigint[], OUT sold bigint[]
)
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  v_window interval := make_interval(secs => p_payment_window_seconds);
  v_confirm text[];
  v_confirm_orders text[];
  v_release text[];
  v_expire text[];
  v_yield text[];
  v_extend text[];
  v_extend_orders text[];
  v_changed bigint;
  -- Customers whose limit gets units back: of holds that were released or expired, not confirmed.
  v_customers text[];
  v_customer_units integer[];
  -- The networks of the ended holds.
  v_networks bigint[];
  v_network_units integer[];
  v_network_paid integer[];
  v_network_wasted integer[];
BEGIN
  SELECT string_agg(left(j.verdict, 1), '' ORDER BY j.n),
    array_agg(j.hold_id) FILTER (WHERE j.verdict = 'D:confirm'), array_agg(j.order_id) FILTER (WHERE j.verdict = 'D:confirm'),
    coalesce(array_agg(j.hold_id) FILTER (WHERE j.verdict = 'D:release'), '{}'),
    coalesce(array_agg(j.hold_id) FILTER (WHERE j.verdict = 'D:expire'), '{}'),
    array_agg(j.hold_id) FILTER (WHERE j.verdict = 'D:yield'),
    array_agg(j.hold_id) FILTER (WHERE j.verdict = 'D:extend'), array_agg(j.order_id) FILTER (WHERE j.verdict = 'D:extend')
  INTO codes, v_confirm, v_confirm_orders, v_release, v_expire, v_yield, v_extend, v_extend_orders
  FROM (
    SELECT a.n, a.hold_id, a.order_id, CASE
      WHEN h.hold_id IS NULL OR h.customer_id <> a.customer_id THEN 'n'
      ELSE inventory.judge_end(a.kind, a.order_id, h.state, h.order_id, h.expires_at > p_clock)
    END AS verdict
    FROM unnest(p_kinds, p_hold_ids, p_customer_ids, p_order_ids) WITH ORDINALITY AS a(kind, hold_id, customer_id, order_id, n)
    LEFT JOIN LATERAL (
      SELECT * FROM inventory.hold h WHERE h.drop_id = p_drop_id AND h.hold_id = a.hold_id LIMIT 1
    ) h ON true
  ) j;

  IF p_expire_max > 0 THEN
    -- A release may have named one of them already.
    v_expire := ARRAY(SELECT DISTINCT unnest(v_expire || inventory.due_holds(p_drop_id, p_clock, p_expire_max)));
  END IF;

  IF v_yield IS NOT NULL THEN
    UPDATE inventory.hold h SET order_id = NULL, expires_at = h.first_expires_at
    WHERE h.drop_id = p_drop_id AND h.hold_id = ANY (v_yield) AND h.state = 'held' AND h.expires_at > p_clock;
  END IF;
  IF v_extend IS NOT NULL THEN
    UPDATE inventory.hold h
    SET order_id = v_extend_orders[array_position(v_extend, h.hold_id)], expires_at = h.first_expires_at + v_window
    WHERE h.drop_id = p_drop_id AND h.hold_id = ANY (v_extend) AND h.state = 'held' AND h.expires_at > p_clock
      AND (h.order_id IS NULL OR h.order_id = v_extend_orders[array_position(v_extend, h.hold_id)]);
  END IF;
  IF 'extend' = ANY (p_kinds) THEN
    SELECT json_object_agg(h.hold_id, inventory.hold_image(h)) INTO extended
    FROM inventory.hold h
    WHERE h.drop_id = p_drop_id AND h.hold_id = ANY (ARRAY(
      SELECT a.hold_id FROM unnest(p_kinds, p_hold_ids, string_to_array(codes, NULL)) AS a(kind, hold_id, code)
      WHERE a.kind = 'extend' AND a.code = 'D'
    ));
  END IF;

  WITH confirmed_holds AS (
    UPDATE inventory.hold h
    SET state = 'confirmed', order_id = v_confirm_orders[array_position(v_confirm, h.hold_id)], ended_at = p_now
    WHERE h.drop_id = p_drop_id AND h.hold_id = ANY (v_confirm) AND h.state = 'held' AND h.expires_at > p_clock
      AND (h.order_id IS NULL OR h.order_id = v_confirm_orders[array_position(v_confirm, h.hold_id)])
    RETURNING h.hold_id, h.customer_id, h.order_id, h.state, h.skus, h.quantities, h.units, h.network, h.network_block,
      inventory.is_wasted(h) AS wasted
  ), released_holds AS (
    UPDATE inventory.hold h SET state = 'released', ended_at = p_now
    WHERE h.drop_id = p_drop_id AND h.hold_id = ANY (v_release) AND h.state = 'held' AND h.expires_at > p_clock
    RETURNING h.hold_id, h.customer_id, h.order_id, h.state, h.skus, h.quantities, h.units, h.network, h.network_block,
      inventory.is_wasted(h) AS wasted
  ), expired_holds AS (
    UPDATE inventory.hold h SET state = 'expired', ended_at = p_now
    WHERE h.drop_id = p_drop_id AND h.hold_id = ANY (v_expire) AND h.state = 'held' AND h.expires_at <= p_clock
    RETURNING h.hold_id, h.customer_id, h.order_id, h.state, h.skus, h.quantities, h.units, h.network, h.network_block,
      inventory.is_wasted(h) AS wasted
  ), ended AS (
    TABLE confirmed_holds UNION ALL TABLE released_holds UNION ALL TABLE expired_holds
  ), facts AS (
    INSERT INTO inventory.outbox (drop_id, aggregatetype, aggregateid, type, payload)
    SELECT p_drop_id, 'hold', e.hold_id, 'hold.' || e.state || '.v1', inventory.hold_fact(p_drop_id, e.hold_id, e.customer_id, e.order_id,
      e.skus, e.quantities, p_now)
    FROM ended e
  ), returned AS (
    SELECT e.customer_id, sum(e.units)::integer AS units FROM ended e WHERE e.state <> 'confirmed' GROUP BY e.customer_id
  ), unpaid AS (
    SELECT n.network, sum(e.units)::integer AS units, coalesce(sum(e.units) FILTER (WHERE e.state = 'confirmed'), 0)::integer AS paid,
      coalesce(sum(e.units) FILTER (WHERE e.wasted), 0)::integer AS wasted
    FROM ended e CROSS JOIN LATERAL (VALUES (e.network), (e.network_block)) AS n(network)
    WHERE n.network IS NOT NULL GROUP BY n.network
  ), change AS (
    SELECT l.sku, coalesce(sum(l.quantity) FILTER (WHERE e.state <> 'confirmed'), 0) AS available, -sum(l.quantity) AS held,
      coalesce(sum(l.quantity) FILTER (WHERE e.state = 'confirmed'), 0) AS sold
    FROM ended e, unnest(e.skus, e.quantities) AS l(sku, quantity)
    GROUP BY l.sku
  )
  SELECT (SELECT count(*) FROM ended), (SELECT count(*) FROM ended e WHERE e.state = 'expired'),
    (SELECT array_agg(r.customer_id) FROM returned r), (SELECT array_agg(r.units) FROM returned r),
    (SELECT array_agg(u.network) FROM unpaid u), (SELECT array_agg(u.units) FROM unpaid u),
    (SELECT array_agg(u.paid) FROM unpaid u), (SELECT array_agg(u.wasted) FROM unpaid u),
    array_agg(c.sku), array_agg(c.available), array_agg(c.held), array_agg(c.sold)
  INTO v_changed, expired, v_customers, v_customer_units,
    v_networks, v_network_units, v_network_paid, v_network_wasted, skus, available, held, sold
  FROM change c;
  IF v_changed <> coalesce(cardinality(v_confirm), 0) + cardinality(v_release) + cardinality(v_expire) THEN
    RAISE EXCEPTION 'ended % holds of drop %, expected % + % + %', v_changed, p_drop_id, coalesce(cardinality(v_confirm), 0),
      cardinality(v_release), cardinality(v_expire) USING ERRCODE = 'check_violation';
  END IF;
  IF v_customers IS NOT NULL THEN
    UPDATE inventory.customer_units cu SET units = cu.units - v_customer_units[array_position(v_customers, cu.customer_id)]
    WHERE cu.drop_id = p_drop_id AND cu.customer_id = ANY (v_customers);
  END IF;
  IF v_networks IS NOT NULL THEN
    PERFORM inventory.return_network_units(p_drop_id, p_now, v_networks, v_network_units, v_network_paid, v_network_wasted);
  END IF;
END
$$;
