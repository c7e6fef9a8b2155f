-- Decides places in arrival order with counters in memory. Accesses no table, so it decides only from what
-- run_batch read under its lock. Letters as in place_holds.
CREATE OR REPLACE FUNCTION inventory.walk_places(
  p_phase text, p_limit integer,
  p_hold_ids text[], p_fingerprints text[], p_basket_ordinals integer[], p_customer_ordinals integer[],
  -- Ordinals of the places whose hold exists already, and these holds' rows by hold id.
  p_there integer[], p_replays jsonb,
  -- Units of each customer, null for none; available units of each SKU, null if the drop does not have it.
  p_units integer[], p_available bigint[],
  p_baskets inventory.basket[], p_line_baskets integer[], p_line_sku_ordinals integer[], p_line_quantities integer[],
  -- The network and the block of each place, 0 for none; unpaid units of each of them, null for none; and
  -- their budgets.
  p_network_ordinals integer[], p_block_ordinals integer[], p_unpaid integer[], p_allowance bigint[],
  OUT codes text[], OUT available bigint[], OUT taken bigint[], OUT given integer[], OUT network_given integer[], OUT short_lines json
)
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
  v_place integer;
  v_customer integer;
  v_basket integer;
  v_line integer;
  v_sku integer;
  v_code text;
  v_units integer[] := p_units;
  -- First and last line of each basket.
  v_first integer[];
  v_last integer[];
  v_short integer[];
  v_short_of jsonb;
  v_network integer;
  v_networks integer[];
BEGIN
  codes := array_fill(NULL::text, ARRAY[cardinality(p_hold_ids)]);
  available := p_available;
  taken := array_fill(0::bigint, ARRAY[cardinality(p_available)]);
  given := array_fill(0, ARRAY[cardinality(p_units)]);
  network_given := array_fill(0, ARRAY[coalesce(cardinality(p_allowance), 0)]);
  FOREACH v_place IN ARRAY coalesce(p_there, '{}') LOOP
    codes[v_place] := CASE WHEN p_replays -> p_hold_ids[v_place] ->> 'fingerprint' = p_fingerprints[v_place] THEN 'r' ELSE 'k' END;
  END LOOP;
  SELECT array_agg(b.first ORDER BY b.basket), array_agg(b.last ORDER BY b.basket) INTO v_first, v_last
  FROM (
    SELECT l.basket, min(l.n)::integer AS first, max(l.n)::integer AS last
    FROM unnest(p_line_baskets) WITH ORDINALITY AS l(basket, n) GROUP BY l.basket
  ) b;

  FOR v_place IN 1 .. cardinality(p_hold_ids) LOOP
    CONTINUE WHEN codes[v_place] IS NOT NULL;
    v_customer := p_customer_ordinals[v_place];
    v_basket := p_basket_ordinals[v_place];
    v_code := 'h';
    v_short := '{}';
    FOR v_line IN v_first[v_basket] .. v_last[v_basket] LOOP
      v_sku := p_line_sku_ordinals[v_line];
      IF available[v_sku] IS NULL THEN
        v_code := 'u';
        EXIT;
      ELSIF available[v_sku] < p_line_quantities[v_line] THEN
        v_code := 's';
        v_short := v_short || (v_line - v_first[v_basket]);
      END IF;
    END LOOP;
    IF v_code <> 'u' THEN
      IF p_phase <> 'open' THEN
        v_code := CASE p_phase WHEN 'closed' THEN 'c' ELSE 'o' END;
      ELSIF coalesce(v_units[v_customer], 0) + p_baskets[v_basket].units > p_limit THEN
        v_code := 'l';
      ELSE
        v_networks := array_remove(ARRAY[coalesce(p_network_ordinals[v_place], 0), coalesce(p_block_ordinals[v_place], 0)], 0);
        FOREACH v_network IN ARRAY v_networks LOOP
          IF coalesce(p_unpaid[v_network], 0) + network_given[v_network] + p_baskets[v_basket].units > p_allowance[v_network] THEN
            v_code := 'b';
          END IF;
        END LOOP;
      END IF;
    END IF;
    codes[v_place] := v_code;
    IF v_code = 'h' THEN
      v_units[v_customer] := coalesce(v_units[v_customer], 0) + p_baskets[v_basket].units;
      given[v_customer] := given[v_customer] + p_baskets[v_basket].units;
      FOR v_line IN v_first[v_basket] .. v_last[v_basket] LOOP
        v_sku := p_line_sku_ordinals[v_line];
        available[v_sku] := available[v_sku] - p_line_quantities[v_line];
        taken[v_sku] := taken[v_sku] + p_line_quantities[v_line];
      END LOOP;
      FOREACH v_network IN ARRAY v_networks LOOP
        network_given[v_network] := network_given[v_network] + p_baskets[v_basket].units;
      END LOOP;
    ELSIF v_code = 's' AND v_last[v_basket] > v_first[v_basket] THEN
      v_short_of := coalesce(v_short_of, '{}') || jsonb_build_object(p_hold_ids[v_place], to_jsonb(v_short));
    END IF;
  END LOOP;
  short_lines := v_short_of::json;
END
$$;
