-- Runs one batch of a lane: ends of holds first, then places, in one transaction and one round trip.
--
-- Why it is safe
-- * The first statement locks the drop's row. A second owner of the lane and every change of the drop's state
--   wait for it, so
--   the statements that follow read and write rows that no other transaction is changing.
-- * The READ COMMITTED trap: a statement's snapshot is older than the lock it waits for. A VOLATILE function
--   takes a new snapshot
--   for each of its statements. Only the locking statement may wait, and only the drop's own columns are used
-- from it,
--   which PostgreSQL reads again after the wait.
-- * The stock change is conditional (available + change >= 0), repeated by the table's CHECKs. A row that
--   does not
--   match raises an error, and the whole batch is rolled back.
-- * The database's clock is read once, after the lock, so that a batch that waited does not decide by an old
--   time.
--
-- The commands of a batch are concurrent: none is answered before the commit, so any serial order is correct.
-- Ends run first, which makes their units available to the places of the same batch. The caller sends at most
-- one command for each hold.
--
-- Plans are made while the tables are small and kept while they grow by millions of rows, so they must not
-- depend on estimates. No statement joins the batch to a large table: each selects its rows by `= ANY
-- (array)` or by a LATERAL look-up with LIMIT 1, for which the primary key is the only possible plan. (A join
-- was planned as a scan of all holds of the drop: 3,000 holds/s and falling.)
CREATE OR REPLACE FUNCTION inventory.run_batch(
  p_drop_id text,
  -- Ends, one array element for each: confirm, release, release-for-order, yield, extend.
  p_end_kinds text[], p_end_hold_ids text[], p_end_customer_ids text[], p_end_order_ids text[],
  p_payment_window_seconds integer,
  -- Maximum number of overdue holds to expire.
  p_expire_max integer,
  -- Places, one array element for each; ordinals count from 1 and point into the arrays below.
  p_hold_ids text[], p_customer_ids text[], p_fingerprints text[], p_basket_ordinals integer[], p_customer_ordinals integer[],
  -- Each customer once, with the total units of its places.
  p_customers text[], p_customer_asked integer[],
  -- Each SKU once, with the total units requested.
  p_skus text[], p_sku_asked bigint[],
  -- The lines of each distinct basket, in the order of the baskets' ordinals.
  p_line_baskets integer[], p_line_sku_ordinals integer[], p_line_quantities integer[],
  -- The network and the enclosing block of each place, 0 for none; empty if no place names one.
  p_network_ordinals integer[], p_block_ordinals integer[],
  -- Each network and block once, with its weight in the budget (1, or 8 for a block) and the total units of
  -- its places.
  p_networks bigint[], p_network_weights integer[], p_network_asked integer[],
  -- One letter for each command, see end_holds and place_holds.
  OUT end_codes text, OUT place_codes text,
  OUT now_ms bigint, OUT hold_ttl_seconds integer,
  -- The drop's state: open, not-open or closed; null if the drop is unknown or a draft.
  OUT phase text, OUT per_customer_limit integer, OUT closes_in_ms bigint,
  OUT expired integer,
  -- For each of p_skus: price and available units; null for a SKU that the drop does not have.
  OUT currency text, OUT prices_minor bigint[], OUT available bigint[],
  -- Images of the stock rows that changed or were requested: [sku, total, available, held, sold, epoch,
  -- version].
  OUT stock json,
  -- By hold id: the rows of replayed and extended holds, and the short lines (counted from 0) of baskets with
  -- several lines.
  OUT holds json, OUT short_lines json,
  -- For each of p_networks: units left in its budget.
  OUT network_left bigint[]
)
LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
  v_drop record;
  v_state text;
  v_clock timestamptz;
  v_now timestamptz;
  v_ended record;
  v_placed record;
  -- Stock changes of the batch, by SKU.
  v_skus text[];
  v_available bigint[];
  v_held bigint[];
  v_sold bigint[];
  v_moved bigint;
BEGIN
  SELECT d.state, d.opens_at, d.closes_at, d.per_customer_limit, d.hold_ttl_seconds INTO v_drop
  FROM inventory.drop d WHERE d.drop_id = p_drop_id
  FOR NO KEY UPDATE;

  v_clock := clock_timestamp();
  -- Milliseconds, as in answers to clients, so that an answer and its replay are identical.
  v_now := date_trunc('milliseconds', v_clock);
  now_ms := extract(epoch FROM v_now) * 1000;
  hold_ttl_seconds := v_drop.hold_ttl_seconds;
  per_customer_limit := v_drop.per_customer_limit;
  closes_in_ms := extract(epoch FROM v_drop.closes_at - v_clock) * 1000;
  v_state := inventory.drop_state_at(v_drop.state, v_drop.opens_at, v_drop.closes_at, v_clock);
  phase := CASE WHEN v_state IN ('open', 'closed') THEN v_state WHEN v_state <> 'draft' THEN 'not-open' END;

  IF cardinality(p_end_hold_ids) > 0 OR p_expire_max > 0 THEN
    SELECT * INTO v_ended FROM inventory.end_holds(p_drop_id, p_end_kinds, p_end_hold_ids, p_end_customer_ids, p_end_order_ids,
      p_payment_window_seconds, p_expire_max, v_clock, v_now);
    end_codes := v_ended.codes;
    expired := v_ended.expired;
    holds := v_ended.extended;
  ELSE
    SELECT NULL::text[] AS skus, NULL::bigint[] AS available, NULL::bigint[] AS held, NULL::bigint[] AS sold INTO v_ended;
  END IF;

  IF cardinality(p_hold_ids) > 0 THEN
    SELECT * INTO v_placed FROM inventory.place_holds(p_drop_id, phase, v_drop.per_customer_limit, v_now,
      v_now + make_interval(secs => v_drop.hold_ttl_seconds),
      p_hold_ids, p_customer_ids, p_fingerprints, p_basket_ordinals, p_customer_ordinals,
      p_customers, p_customer_asked, p_skus, p_sku_asked, p_line_baskets, p_line_sku_ordinals, p_line_quantities,
      v_ended.skus, v_ended.available,
      p_network_ordinals, p_block_ordinals, p_networks, p_network_weights, p_network_asked, v_drop.hold_ttl_seconds);
    network_left := v_placed.network_left;
    place_codes := v_placed.codes;
    currency := v_placed.currency;
    prices_minor := v_placed.prices_minor;
    available := v_placed.available;
    short_lines := v_placed.short_lines;
    IF v_placed.replays IS NOT NULL THEN
      holds := (coalesce(holds::jsonb, '{}') || v_placed.replays)::json;
    END IF;
  ELSE
    SELECT NULL::bigint[] AS taken INTO v_placed;
  END IF;

  SELECT array_agg(c.sku), array_agg(c.available), array_agg(c.held), array_agg(c.sold) INTO v_skus, v_available, v_held, v_sold
  FROM (
    SELECT e.sku, sum(e.available)::bigint AS available, sum(e.held)::bigint AS held, sum(e.sold)::bigint AS sold
    FROM (
      SELECT * FROM unnest(v_ended.skus, v_ended.available, v_ended.held, v_ended.sold) AS e(sku, available, held, sold)
      UNION ALL
      SELECT t.sku, -t.taken, t.taken, 0 FROM unnest(p_skus, v_placed.taken) AS t(sku, taken) WHERE t.taken > 0
    ) e
    GROUP BY e.sku
  ) c;
  -- One update for each stock row, so that a batch makes one image in the change stream, however many holds
  -- it has. Rows that were only requested are returned unchanged, with their version: the gate that refuses
  -- by them needs it. Not those of SKUs that the drop no longer has: they are unknown, and not sold out.
  WITH moved AS (
    UPDATE inventory.stock s
    SET available = s.available + v_available[array_position(v_skus, s.sku)], held = s.held + v_held[array_position(v_skus, s.sku)],
      sold = s.sold + v_sold[array_position(v_skus, s.sku)], version = s.version + 1
    WHERE s.drop_id = p_drop_id AND s.sku = ANY (v_skus)
      AND s.available + v_available[array_position(v_skus, s.sku)] >= 0
      AND s.held + v_held[array_position(v_skus, s.sku)] >= 0
    RETURNING true AS moved, s.sku, s.total, s.available, s.held, s.sold, s.epoch, s.version
  )
  SELECT count(*) FILTER (WHERE i.moved),
    json_agg(json_build_array(i.sku, i.total, i.available, i.held, i.sold, i.epoch, i.version)) INTO v_moved, stock
  FROM (
    SELECT * FROM moved
    UNION ALL
    SELECT false, s.sku, s.total, s.available, s.held, s.sold, s.epoch, s.version FROM inventory.stock s
    WHERE s.drop_id = p_drop_id AND s.sku = ANY (p_skus) AND s.sku <> ALL (coalesce(v_skus, '{}'))
      AND run_batch.available[array_position(p_skus, s.sku)] IS NOT NULL
  ) i;
  IF v_moved <> coalesce(cardinality(v_skus), 0) THEN
    RAISE EXCEPTION 'stock of drop % does not cover the batch: % of % rows', p_drop_id, v_moved, cardinality(v_skus)
      USING ERRCODE = 'check_violation';
  END IF;
END
$$;
