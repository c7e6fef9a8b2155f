-- Whether a drop of any merchant is open, by the database's clock: a rehearsal beside it slows its shoppers
-- down. Runs with the rights of the tables' owner, because a merchant's connection sees one merchant; it tells
-- nothing but yes or no. Drops that were opened by the clock and those stored as open are in the index drop_due.
CREATE OR REPLACE FUNCTION inventory.real_drop_open() RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN EXISTS (
    SELECT FROM inventory.drop d, (SELECT clock_timestamp() AS now) c
    WHERE d.state IN ('scheduled', 'open') AND d.ghost_of IS NULL AND d.deleted_at IS NULL
      -- The demo drop of a new installation is open, and nobody's launch (demo-drop.ts).
      AND d.image_url IS DISTINCT FROM '/images/demo-drop.svg'
      AND inventory.drop_state_at(d.state, d.opens_at, d.closes_at, c.now) = 'open'
  );
END
$$;

-- Removes one piece of a ghost, about p_max rows, and tells whether nothing is left. The only way to delete
-- rows that count, and for ghosts only: no role has the DELETE privilege, and any other drop is an error.
-- The first piece makes the ghost a deleted draft: lanes refuse new holds from then on, and no page shows it.
-- Each piece is a transaction under the lock of the drop's row, so the batches of its lane stand before or
-- after it; holds go together with the units, counters and facts that they stand for. So every invariant holds
-- after each piece, and a removal that was interrupted goes on with the next one. The rows of stock stay, with no units:
-- a delete made while nobody reads the change stream would never arrive.
CREATE OR REPLACE FUNCTION inventory.remove_ghost(p_drop_id text, p_max integer) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
  v_deleted_at timestamptz;
  v_holds text[];
  v_skus text[];
  v_rows integer;
BEGIN
  SELECT d.deleted_at INTO v_deleted_at FROM inventory.drop d
  WHERE d.drop_id = p_drop_id AND d.ghost_of IS NOT NULL FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'drop % is no ghost, and only ghosts are removed', p_drop_id USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF v_deleted_at IS NULL THEN
    UPDATE inventory.drop d SET state = 'draft', deleted_at = clock_timestamp(), revision = d.revision + 1 WHERE d.drop_id = p_drop_id;
    RETURN false;
  END IF;

  v_holds := ARRAY(SELECT h.hold_id FROM inventory.hold h WHERE h.drop_id = p_drop_id ORDER BY h.hold_id LIMIT p_max);
  IF cardinality(v_holds) > 0 THEN
    PERFORM inventory.remove_ghost_holds(p_drop_id, v_holds);
    RETURN false;
  END IF;

  v_rows := inventory.remove_ghost_counts(p_drop_id, p_max);
  IF v_rows > 0 THEN
    RETURN false;
  END IF;

  -- Every unit is on offer now. Units and movements go together; each SKU has a movement, if only of 0 units.
  v_skus := ARRAY(SELECT m.sku FROM inventory.movement m WHERE m.drop_id = p_drop_id ORDER BY m.movement_id, m.sku LIMIT p_max);
  DELETE FROM inventory.movement m WHERE m.drop_id = p_drop_id AND m.sku = ANY (v_skus);
  UPDATE inventory.stock s SET total = 0, available = 0, version = s.version + 1
  WHERE s.drop_id = p_drop_id AND s.sku = ANY (v_skus) AND s.total > 0;
  RETURN cardinality(v_skus) = 0;
END
$$;

-- Deletes these holds of a ghost and gives back what they took. Runs inside remove_ghost, under its lock.
CREATE OR REPLACE FUNCTION inventory.remove_ghost_holds(p_drop_id text, p_holds text[]) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
  WITH taken AS (
    SELECT l.sku, sum(l.held)::bigint AS held, sum(l.sold)::bigint AS sold
    FROM (
      SELECT q.sku, CASE h.state WHEN 'held' THEN q.quantity ELSE 0 END AS held, CASE h.state WHEN 'confirmed' THEN q.quantity ELSE 0 END AS sold
      FROM inventory.hold h, unnest(h.skus, h.quantities) AS q(sku, quantity)
      WHERE h.drop_id = p_drop_id AND h.hold_id = ANY (p_holds) AND h.state IN ('held', 'confirmed')
      UNION ALL
      SELECT r.sku, 0, -r.units FROM inventory.returned r WHERE r.drop_id = p_drop_id AND r.hold_id = ANY (p_holds)
    ) l
    GROUP BY l.sku
  )
  UPDATE inventory.stock s SET available = s.available + t.held + t.sold, held = s.held - t.held, sold = s.sold - t.sold, version = s.version + 1
  FROM taken t WHERE s.drop_id = p_drop_id AND s.sku = t.sku;

  WITH units AS (
    SELECT u.customer_id, sum(u.units)::integer AS units
    FROM (
      SELECT h.customer_id, h.units FROM inventory.hold h
      WHERE h.drop_id = p_drop_id AND h.hold_id = ANY (p_holds) AND h.state IN ('held', 'confirmed')
      UNION ALL
      SELECT r.customer_id, -r.units FROM inventory.returned r WHERE r.drop_id = p_drop_id AND r.hold_id = ANY (p_holds)
    ) u
    GROUP BY u.customer_id
  )
  UPDATE inventory.customer_units c SET units = c.units - u.units FROM units u WHERE c.drop_id = p_drop_id AND c.customer_id = u.customer_id;

  WITH units AS (
    SELECT v.network, sum(h.units)::integer AS units
    FROM inventory.hold h CROSS JOIN LATERAL (VALUES (h.network), (h.network_block)) AS v(network)
    WHERE h.drop_id = p_drop_id AND h.hold_id = ANY (p_holds) AND h.state = 'held' AND v.network IS NOT NULL
    GROUP BY v.network
  )
  UPDATE inventory.network_units n SET unpaid = n.unpaid - u.units FROM units u WHERE n.drop_id = p_drop_id AND n.network = u.network;

  DELETE FROM inventory.returned r WHERE r.drop_id = p_drop_id AND r.hold_id = ANY (p_holds);
  DELETE FROM inventory.hold h WHERE h.drop_id = p_drop_id AND h.hold_id = ANY (p_holds);
END
$$;

-- Deletes up to p_max rows of what was counted of a ghost that has no holds any more; returns how many.
CREATE OR REPLACE FUNCTION inventory.remove_ghost_counts(p_drop_id text, p_max integer) RETURNS integer
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
  v_table text;
  v_rows integer;
BEGIN
  FOREACH v_table IN ARRAY ARRAY['customer_units', 'network_units', 'outbox', 'tick', 'tick_minute', 'refusal_count', 'purged_hold_count', 'sold_out', 'shown_units']
  LOOP
    EXECUTE format('DELETE FROM inventory.%1$I WHERE ctid = ANY (ARRAY(SELECT t.ctid FROM inventory.%1$I t WHERE t.drop_id = $1 LIMIT $2))', v_table)
      USING p_drop_id, p_max;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    IF v_rows > 0 THEN
      RETURN v_rows;
    END IF;
  END LOOP;
  RETURN 0;
END
$$;

-- Forgets a ghost that was removed longer ago than p_age: its rows of stock without units, its items and its own row,
-- about p_max rows. True: nothing more to do, also where it is no such ghost. Only here are rows of stock
-- deleted: the shared view forgets a drop that nobody needs after a week, and no reader asks for a ghost, so a
-- delete that arrives nowhere is missed by nobody. Without this, each rehearsal of a drop with thousands of SKUs
-- would leave thousands of rows forever.
CREATE OR REPLACE FUNCTION inventory.forget_ghost(p_drop_id text, p_age interval, p_max integer) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_table text;
  v_rows integer;
BEGIN
  PERFORM FROM inventory.drop d
  WHERE d.drop_id = p_drop_id AND d.ghost_of IS NOT NULL AND d.deleted_at < clock_timestamp() - p_age
    AND NOT EXISTS (SELECT FROM inventory.rehearsal r WHERE d.drop_id = ANY (r.ghost_ids) AND r.ghosts_removed_at IS NULL)
  FOR UPDATE;
  IF NOT FOUND THEN
    RETURN true;
  END IF;
  FOREACH v_table IN ARRAY ARRAY['stock', 'item', 'drop'] LOOP
    EXECUTE format('DELETE FROM inventory.%1$I WHERE ctid = ANY (ARRAY(SELECT t.ctid FROM inventory.%1$I t WHERE t.drop_id = $1 LIMIT $2))', v_table)
      USING p_drop_id, p_max;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    IF v_rows > 0 THEN
      RETURN false;
    END IF;
  END LOOP;
  RETURN true;
END
$$;
