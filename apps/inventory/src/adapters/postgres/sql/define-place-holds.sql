-- Decides the places of a batch in arrival order and writes the holds that are granted. Runs inside run_batch, under its lock.
--
-- Letters: h held · r replayed · k key reused · d drop not found · u unknown SKU · o not open · c closed · l limit · s sold out.
-- This is their order of precedence too. All lines of a hold or none.
--
-- Fast path: nothing was there before, all customers stay in their limit and the units suffice for all: everything is granted by sets.
-- Otherwise the batch is walked in order on counters in memory, and the same set statements write what was granted.
CREATE OR REPLACE FUNCTION inventory.place_holds(
  p_drop_id text, p_phase text, p_limit integer, p_now timestamptz, p_expires_at timestamptz,
  p_hold_ids text[], p_customer_ids text[], p_fingerprints text[], p_basket_ordinals integer[], p_customer_ordinals integer[],
  p_customers text[], p_customer_asked integer[], p_skus text[], p_sku_asked bigint[],
  p_line_baskets integer[], p_line_sku_ordinals integer[], p_line_quantities integer[],
  -- Units that the ends of this batch give back; the stock rows do not show them yet.
  p_back_skus text[], p_back_units bigint[],
  OUT codes text, OUT currency text, OUT prices_minor bigint[], OUT available bigint[], OUT taken bigint[],
  OUT replays jsonb, OUT short_lines json
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
    WHERE i.drop_id = p_drop_id AND i.sku = a.sku AND s.drop_id = p_drop_id AND s.sku = a.sku LIMIT 1
  ) i ON true
  LEFT JOIN unnest(p_back_skus, p_back_units) AS b(sku, units) ON b.sku = a.sku;

  -- Few customers come a second time, so the usual answer is no row at all. Null in v_units for whoever has none.
  SELECT array_agg(cu.customer_id), array_agg(cu.units) INTO v_known, v_known_units
  FROM inventory.customer_units cu WHERE cu.drop_id = p_drop_id AND cu.customer_id = ANY (p_customers);
  v_units := array_fill(NULL::integer, ARRAY[cardinality(p_customers)]);
  FOR v_index IN 1 .. coalesce(cardinality(v_known), 0) LOOP
    v_units[array_position(p_customers, v_known[v_index])] := v_known_units[v_index];
  END LOOP;
  SELECT bool_and(a.asked + coalesce(a.units, 0) <= p_limit) INTO v_in_limit FROM unnest(p_customer_asked, v_units) AS a(asked, units);

  SELECT array_agg(ROW(b.skus, b.quantities, b.prices_minor, b.units)::inventory.basket ORDER BY b.basket) INTO v_baskets
  FROM (
    SELECT l.basket, array_agg(p_skus[l.sku] ORDER BY l.n) AS skus, array_agg(l.quantity ORDER BY l.n) AS quantities,
      array_agg(prices_minor[l.sku] ORDER BY l.n) AS prices_minor, sum(l.quantity)::integer AS units
    FROM unnest(p_line_baskets, p_line_sku_ordinals, p_line_quantities) WITH ORDINALITY AS l(basket, sku, quantity, n)
    GROUP BY l.basket
  ) b;

  IF p_phase = 'open' AND v_there IS NULL AND v_in_stock AND v_in_limit THEN
    v_codes := array_fill('h'::text, ARRAY[v_count]);
    taken := p_sku_asked;
    v_given := p_customer_asked;
    SELECT array_agg(a.available - a.asked ORDER BY a.n) INTO available
    FROM unnest(available, p_sku_asked) WITH ORDINALITY AS a(available, asked, n);
  ELSE
    SELECT w.codes, w.available, w.taken, w.given, w.short_lines INTO v_codes, available, taken, v_given, short_lines
    FROM inventory.walk_places(p_phase, p_limit, p_hold_ids, p_fingerprints, p_basket_ordinals, p_customer_ordinals, v_there, replays,
      v_units, available, v_baskets, p_line_baskets, p_line_sku_ordinals, p_line_quantities) w;
  END IF;
  codes := array_to_string(v_codes, '');
  IF position('h' IN codes) = 0 THEN
    RETURN;
  END IF;

  INSERT INTO inventory.hold (drop_id, hold_id, customer_id, state, fingerprint, skus, quantities, prices_minor, currency, units,
    created_at, first_expires_at, expires_at)
  SELECT p_drop_id, p.hold_id, p.customer_id, 'held', p.fingerprint, (v_baskets[p.basket]).skus, (v_baskets[p.basket]).quantities,
    (v_baskets[p.basket]).prices_minor, place_holds.currency, (v_baskets[p.basket]).units, p_now, p_expires_at, p_expires_at
  FROM unnest(p_hold_ids, p_customer_ids, p_fingerprints, p_basket_ordinals, v_codes) AS p(hold_id, customer_id, fingerprint, basket, code)
  WHERE p.code = 'h';

  -- The table's CHECK is the limit; two statements because an upsert costs a third more for the many who come for the first time.
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
END
$$;
