-- The budget of unpaid units that one network may have in one drop: an IPv4 address or an IPv6 /64 (weight
-- 1), or a /48 (weight 8). Rule and reasons: docs/adr/0013-unpaid-units-of-one-network.md.

-- A count that halves with each half-life. Tiny values become 0: PostgreSQL raises an error on underflow,
-- which would fail every later batch of the network.
CREATE OR REPLACE FUNCTION inventory.decayed(p_units real, p_age_seconds double precision, p_half_life_seconds integer)
RETURNS real
LANGUAGE sql IMMUTABLE
RETURN CASE
  WHEN p_units < 0.01 OR p_age_seconds > 20.0 * p_half_life_seconds THEN 0
  WHEN p_age_seconds <= 0 THEN p_units
  ELSE p_units * power(0.5::double precision, p_age_seconds / p_half_life_seconds)
END;

-- Half-life, in seconds, of what a network has paid for or wasted: six hold times, so that a crowd that comes
-- once per hold time is not forgotten in between; at least half an hour.
CREATE OR REPLACE FUNCTION inventory.network_half_life(p_hold_ttl_seconds integer)
RETURNS integer
LANGUAGE sql IMMUTABLE
RETURN greatest(1800, 6 * p_hold_ttl_seconds);

-- The unpaid units that a network may have: p_base while at least half of its units were paid for (it starts
-- with a credit of half the base), proportionally less if more were wasted, and never less than p_floor, for
-- the household or office behind the same address.
CREATE OR REPLACE FUNCTION inventory.network_allowance(p_base bigint, p_floor bigint, p_paid real, p_wasted real)
RETURNS bigint
LANGUAGE sql IMMUTABLE
RETURN CASE
  WHEN p_wasted IS NULL OR p_wasted <= p_paid + p_base / 2.0 THEN p_base
  ELSE least(p_base, greatest(p_floor, floor(p_base * (2.0 * p_paid + p_base) / (p_paid + p_wasted + p_base / 2.0))::bigint))
END;

-- Unpaid units and budget of each network, for the places of a batch. Reads under the lock of run_batch.
-- The drop's total is summed only if it could matter: a drop may have thousands of SKUs, and most networks
-- stay below the smallest budget.
CREATE OR REPLACE FUNCTION inventory.network_budgets(
  p_drop_id text, p_limit integer, p_hold_ttl_seconds integer, p_now timestamptz,
  p_networks bigint[], p_weights integer[], p_asked integer[],
  -- In the order of p_networks; unpaid is null for a network that never had a unit.
  OUT unpaid integer[], OUT allowance bigint[],
  -- All places of the batch together fit each network's budget.
  OUT in_budget boolean
)
LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
  -- max(50, 5 % of the drop).
  c_units_least CONSTANT bigint := 50;
  c_units_per_unit_of_budget CONSTANT bigint := 20;
  -- Larger than any real budget; eight times as much, for a block, still fits an integer.
  c_units_most CONSTANT bigint := 250000000;
  c_floor CONSTANT bigint := 10;
  v_half_life integer := inventory.network_half_life(p_hold_ttl_seconds);
  v_base bigint := c_units_least;
  v_row record;
  v_paid real[];
  v_wasted real[];
  v_roomy boolean;
BEGIN
  -- In most drops few networks come a second time, so this usually finds no row.
  unpaid := array_fill(NULL::integer, ARRAY[cardinality(p_networks)]);
  v_paid := array_fill(0::real, ARRAY[cardinality(p_networks)]);
  v_wasted := v_paid;
  FOR v_row IN
    SELECT array_position(p_networks, u.network) AS n, u.unpaid,
      inventory.decayed(u.paid, extract(epoch FROM p_now - u.judged_at), v_half_life) AS paid,
      inventory.decayed(u.wasted, extract(epoch FROM p_now - u.judged_at), v_half_life) AS wasted
    FROM inventory.network_units u WHERE u.drop_id = p_drop_id AND u.network = ANY (p_networks)
  LOOP
    unpaid[v_row.n] := v_row.unpaid;
    IF v_row.wasted > 0 THEN
      v_paid[v_row.n] := v_row.paid;
      v_wasted[v_row.n] := v_row.wasted;
    END IF;
  END LOOP;
  SELECT bool_and(a.wasted = 0 AND coalesce(a.unpaid, 0) + a.asked + p_limit <= c_units_least * a.weight) INTO v_roomy
  FROM unnest(unpaid, v_wasted, p_asked, p_weights) AS a(unpaid, wasted, asked, weight);

  IF v_roomy THEN
    in_budget := true;
    SELECT array_agg(v_base * a.weight ORDER BY a.n) INTO allowance FROM unnest(p_weights) WITH ORDINALITY AS a(weight, n);
    RETURN;
  END IF;
  SELECT least(c_units_most, greatest(c_units_least, sum(s.total)::bigint / c_units_per_unit_of_budget)) INTO v_base
  FROM inventory.stock s WHERE s.drop_id = p_drop_id;
  SELECT array_agg(b.allowance ORDER BY b.n), bool_and(coalesce(b.unpaid, 0) + b.asked <= b.allowance) INTO allowance, in_budget
  FROM (
    SELECT a.n, a.unpaid, a.asked,
      inventory.network_allowance(v_base * a.weight, greatest(c_floor, p_limit) * a.weight, a.paid, a.wasted) AS allowance
    FROM unnest(unpaid, p_weights, p_asked, v_paid, v_wasted) WITH ORDINALITY AS a(unpaid, weight, asked, paid, wasted, n)
  ) b;
END
$$;

-- True if a hold blocked its units without a sale: it expired, or was released after more than half of its
-- time. Late releases count, because releasing in the last second or letting a payment fail would otherwise
-- allow holding the same units again and again.
CREATE OR REPLACE FUNCTION inventory.is_wasted(h inventory.hold)
RETURNS boolean
LANGUAGE sql STABLE
RETURN h.state = 'expired' OR (h.state = 'released' AND h.ended_at > h.created_at + (h.first_expires_at - h.created_at) / 2);

-- Subtracts units that are no longer unpaid from their networks, and records how many were paid for and how
-- many wasted.
CREATE OR REPLACE FUNCTION inventory.return_network_units(
  p_drop_id text, p_now timestamptz, p_networks bigint[], p_units integer[], p_paid integer[], p_wasted integer[]
)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
  v_half_life integer;
BEGIN
  SELECT inventory.network_half_life(d.hold_ttl_seconds) INTO v_half_life FROM inventory.drop d WHERE d.drop_id = p_drop_id;
  UPDATE inventory.network_units u
  SET unpaid = u.unpaid - p_units[array_position(p_networks, u.network)],
    paid = inventory.decayed(u.paid, extract(epoch FROM p_now - u.judged_at), v_half_life) + p_paid[array_position(p_networks, u.network)],
    wasted = greatest(0, inventory.decayed(u.wasted, extract(epoch FROM p_now - u.judged_at), v_half_life)
      + p_wasted[array_position(p_networks, u.network)]),
    judged_at = p_now
  WHERE u.drop_id = p_drop_id AND u.network = ANY (p_networks);
END
$$;
