-- Decides the places of a batch in arrival order and writes the holds that are granted. Runs inside
-- run_batch, under its lock.
--
-- Letters: h held · r replayed · k key-reused · d drop-not-found · u unknown-sku · o drop-not-open · c
-- drop-closed · l customer-limit · b network-limit · s sold-out. This is also their order of precedence. All
-- lines of a hold are granted, or none.
--
-- Fast path: if no hold exists yet, all customers and networks stay within their limits and there are enough
-- units, everything is granted with set statements. Otherwise walk_places goes through the batch in order
-- with counters in memory, and the same statements write the result.
CREATE OR REPLACE FUNCTION inventory.place_holds(
  p_drop_id text, p_phase text, p_limit integer, p_now timestamptz, p_expires_at timestamptz,
  p_hold_ids text[], p_customer_ids text[], p_fingerprints text[], p_basket_ordinals integer[], p_customer_ordinals integer[],
  p_customers text[], p_customer_asked integer[], p_skus text[], p_sku_asked bigint[],
  p_line_baskets integer[], p_line_sku_ordinals integer[], p_line_quantities integer[],
  -- Units released by the ends of this batch; not yet in the stock rows.
  p_back_skus text[], p_back_units bigint[],
  -- Networks as in run_batch.
  p_network_ordinals integer[], p_block_ordinals integer[], p_networks bigint[], p_network_weights integer[], p_network_asked integer[],
  p_hold_ttl_seconds integer,
  OUT codes text, OUT currency text, OUT prices_minor bigint[], OUT available bigint[], OUT taken bigint[],
  OUT replays jsonb, OUT short_lines json,
  -- For each of p_networks: units left in its budget.
  OUT network_left bigint[]
)
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  v_count integer := cardinality(p_hold_ids);
  v_codes text[];
  v_there integer[];
  v_units integer[];
  v_in_limit boolean;
  v_in_stock boolean;
  v_baskets inventory.basket[];
  v_given integer[];
  v_known text[];
  v_known_units integer[];
  v_known_given integer[];
  v_index integer;
  -- Unpaid units and budget of each network; null if no place names a network.
  v_unpaid integer[];
  v_allowance bigint[];
  v_in_budget boolean := true;
  v_network_given integer[];
  v_known_networks bigint[];
BEGIN
  IF p_phase IS NULL THEN
    codes := repeat('d', v_count);
    RETURN;
  END IF;

  SELECT array_agg(array_position(p_hold_ids, h.hold_id)), jsonb_object_agg(h.hold_id, inventory.hold_image(h)) INTO v_there, replays
  FROM inventory.hold h WHERE h.drop_id = p_drop_id AND h.hold_id = ANY (p_hold_ids);

  SELECT min(i.currency), array_agg(i.price_minor ORDER BY a.n), array_agg(i.available + coalesce(b.units, 0) ORDER BY a.n),
    bool_and(coalesce(i.available + coalesce(b.units, 0) >= a.asked, false))
  INTO currency, prices_minor, available, v_in_stock
  FROM unnest(p_skus, p_sku_asked) WITH ORDINALITY AS a(sku, asked, n)
  LEFT JOIN LATERAL (
    SELECT i.currency, i.price_minor, s.available FROM inventory.item i, inventory.stock s
    WHERE i.drop_id = p_drop_id AND i.sku = a.sku AND i.removed_at IS NULL AND s.drop_id = p_drop_id AND s.sku = a.sku LIMIT 1
  ) i ON true
  LEFT JOIN unnest(p_back_skus, p_back_units) AS b(sku, units) ON b.sku = a.sku;

  -- Few customers come a second time, so this usually finds no row. v_units is null for a customer without
  -- units.
  SELECT array_agg(cu.customer_id), array_agg(cu.units) INTO v_known, v_known_units
  FROM inventory.customer_units cu WHERE cu.drop_id = p_drop_id AND cu.customer_id = ANY (p_customers);
  v_units := array_fill(NULL::integer, ARRAY[cardinality(p_customers)]);
  FOR v_index IN 1 .. coalesce(cardinality(v_known), 0) LOOP
    v_units[array_position(p_customers, v_known[v_index])] := v_known_units[v_index];
  END LOOP;
  SELECT bool_and(a.asked + coalesce(a.units, 0) <= p_limit) INTO v_in_limit FROM unnest(p_customer_asked, v_units) AS a(asked, units);

  IF cardinality(p_networks) > 0 THEN
    SELECT n.unpaid, n.allowance, n.in_budget INTO v_unpaid, v_allowance, v_in_budget
    FROM inventory.network_budgets(p_drop_id, p_limit, p_hold_ttl_seconds, p_now, p_networks, p_network_weights, p_network_asked) n;
  END IF;

  SELECT array_agg(ROW(b.skus, b.quantities, b.prices_minor, b.units)::inventory.basket ORDER BY b.basket) INTO v_baskets
  FROM (
    SELECT l.basket, array_agg(p_skus[l.sku] ORDER BY l.n) AS skus, array_agg(l.quantity ORDER BY l.n) AS quantities,
      array_agg(prices_minor[l.sku] ORDER BY l.n) AS prices_minor, sum(l.quantity)::integer AS units
    FROM unnest(p_line_baskets, p_line_sku_ordinals, p_line_quantities) WITH ORDINALITY AS l(basket, sku, quantity, n)
    GROUP BY l.basket
  ) b;

  IF p_phase = 'open' AND v_there IS NULL AND v_in_stock AND v_in_limit AND v_in_budget THEN
    v_codes := array_fill('h'::text, ARRAY[v_count]);
    taken := p_sku_asked;
    v_given := p_customer_asked;
    v_network_given := p_network_asked;
    SELECT array_agg(a.available - a.asked ORDER BY a.n) INTO available
    FROM unnest(available, p_sku_asked) WITH ORDINALITY AS a(available, asked, n);
  ELSE
    SELECT w.codes, w.available, w.taken, w.given, w.network_given, w.short_lines
    INTO v_codes, available, taken, v_given, v_network_given, short_lines
    FROM inventory.walk_places(p_phase, p_limit, p_hold_ids, p_fingerprints, p_basket_ordinals, p_customer_ordinals, v_there, replays,
      v_units, available, v_baskets, p_line_baskets, p_line_sku_ordinals, p_line_quantities,
      p_network_ordinals, p_block_ordinals, v_unpaid, v_allowance) w;
  END IF;
  codes := array_to_string(v_codes, '');
  SELECT array_agg(a.allowance - coalesce(a.unpaid, 0) - a.given ORDER BY a.n) INTO network_left
  FROM unnest(v_allowance, v_unpaid, v_network_given) WITH ORDINALITY AS a(allowance, unpaid, given, n);
  IF position('h' IN codes) = 0 THEN
    RETURN;
  END IF;

  INSERT INTO inventory.hold (drop_id, hold_id, customer_id, state, fingerprint, skus, quantities, prices_minor, currency, units,
    created_at, first_expires_at, expires_at, network, network_block)
  SELECT p_drop_id, p.hold_id, p.customer_id, 'held', p.fingerprint, (v_baskets[p.basket]).skus, (v_baskets[p.basket]).quantities,
    (v_baskets[p.basket]).prices_minor, place_holds.currency, (v_baskets[p.basket]).units, p_now, p_expires_at, p_expires_at,
    p_networks[p.network], p_networks[p.block]
  -- Without networks their ordinals are shorter arrays, and unnest fills them with null.
  FROM unnest(p_hold_ids, p_customer_ids, p_fingerprints, p_basket_ordinals, v_codes, p_network_ordinals, p_block_ordinals)
    AS p(hold_id, customer_id, fingerprint, basket, code, network, block)
  WHERE p.code = 'h';

  -- The table's CHECK is the limit; two statements because an upsert costs a third more for the many who come
  -- for the first time.
  IF v_known IS NOT NULL THEN
    SELECT array_agg(g.customer_id), array_agg(g.units) INTO v_known, v_known_given
    FROM unnest(p_customers, v_given, v_units) AS g(customer_id, units, had) WHERE g.had IS NOT NULL AND g.units > 0;
    UPDATE inventory.customer_units cu
    SET units = cu.units + v_known_given[array_position(v_known, cu.customer_id)], unit_limit = p_limit
    WHERE cu.drop_id = p_drop_id AND cu.customer_id = ANY (v_known);
  END IF;
  INSERT INTO inventory.customer_units (drop_id, customer_id, units, unit_limit)
  SELECT p_drop_id, g.customer_id, g.units, p_limit
  FROM unnest(p_customers, v_given, v_units) AS g(customer_id, units, had)
  WHERE g.had IS NULL AND g.units > 0;

  IF v_unpaid IS NULL THEN
    RETURN;
  END IF;
  v_known_networks := ARRAY(
    SELECT g.network FROM unnest(p_networks, v_network_given, v_unpaid) AS g(network, units, had) WHERE g.had IS NOT NULL AND g.units > 0
  );
  IF cardinality(v_known_networks) > 0 THEN
    UPDATE inventory.network_units u
    SET unpaid = u.unpaid + v_network_given[array_position(p_networks, u.network)],
      unit_limit = v_allowance[array_position(p_networks, u.network)]
    WHERE u.drop_id = p_drop_id AND u.network = ANY (v_known_networks);
  END IF;
  INSERT INTO inventory.network_units (drop_id, network, unpaid, unit_limit)
  SELECT p_drop_id, g.network, g.units, g.allowance
  FROM unnest(p_networks, v_network_given, v_unpaid, v_allowance) AS g(network, units, had, allowance)
  WHERE g.had IS NULL AND g.units > 0;
END
$$;
