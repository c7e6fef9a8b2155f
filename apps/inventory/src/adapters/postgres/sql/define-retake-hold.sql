-- Handles a payment that arrived after its hold had ended: takes the same units again, directly as sold,
-- under a new hold id. One transaction.
--
-- Letters: D confirmed · n not-found · s short. Confirmed: now or before. Not found: unknown, or another
-- customer's. Short: not enough units, limit reached, or the hold belongs to another order.
-- Safe for the same reasons as run_batch: the drop's row is locked first, the new id is a primary key, the
-- stock change is conditional. The drop's state does not matter: the order was placed while it was open.
CREATE OR REPLACE FUNCTION inventory.retake_hold(
  p_drop_id text, p_hold_id text, p_new_hold_id text, p_customer_id text, p_order_id text,
  OUT code text, OUT stock json
)
LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
  v_batch record;
  v_hold inventory.hold;
  v_limit integer;
  v_now timestamptz;
  v_moved integer;
BEGIN
  SELECT d.per_customer_limit INTO v_limit FROM inventory.drop d WHERE d.drop_id = p_drop_id FOR NO KEY UPDATE;
  IF EXISTS (SELECT FROM inventory.hold h WHERE h.drop_id = p_drop_id AND h.hold_id = p_new_hold_id) THEN
    code := 'D';
    RETURN;
  END IF;

  -- If the hold is still live, this is a plain confirm. The release first ends a hold whose deadline has
  -- passed.
  SELECT b.end_codes, b.stock INTO v_batch FROM inventory.run_batch_of_ends(p_drop_id, 'confirm', p_hold_id, p_customer_id, p_order_id) b;
  IF v_batch.end_codes IN ('D', 'n') THEN
    code := v_batch.end_codes;
    stock := v_batch.stock;
    RETURN;
  END IF;
  IF v_batch.end_codes = 'x' THEN
    PERFORM inventory.run_batch_of_ends(p_drop_id, 'release', p_hold_id, p_customer_id, p_order_id);
  END IF;

  code := 's';
  SELECT * INTO v_hold FROM inventory.hold h WHERE h.drop_id = p_drop_id AND h.hold_id = p_hold_id;
  IF v_hold.state NOT IN ('released', 'expired') THEN
    RETURN;
  END IF;
  IF EXISTS (
    SELECT FROM unnest(v_hold.skus, v_hold.quantities) AS l(sku, quantity)
    JOIN LATERAL (SELECT s.available FROM inventory.stock s WHERE s.drop_id = p_drop_id AND s.sku = l.sku LIMIT 1) s ON s.available < l.quantity
  ) OR EXISTS (
    SELECT FROM inventory.customer_units cu
    WHERE cu.drop_id = p_drop_id AND cu.customer_id = p_customer_id AND cu.units + v_hold.units > v_limit
  ) THEN
    RETURN;
  END IF;

  v_now := date_trunc('milliseconds', clock_timestamp());
  INSERT INTO inventory.hold (drop_id, hold_id, customer_id, state, fingerprint, skus, quantities, prices_minor, currency, units,
    created_at, first_expires_at, expires_at, order_id, ended_at, network, network_block)
  VALUES (p_drop_id, p_new_hold_id, p_customer_id, 'confirmed', v_hold.fingerprint, v_hold.skus, v_hold.quantities, v_hold.prices_minor,
    v_hold.currency, v_hold.units, v_now, v_now, v_now, p_order_id, v_now, v_hold.network, v_hold.network_block);
  UPDATE inventory.customer_units cu SET units = cu.units + v_hold.units, unit_limit = v_limit
  WHERE cu.drop_id = p_drop_id AND cu.customer_id = p_customer_id;
  IF inventory.is_wasted(v_hold) THEN
    -- It was counted as wasted, and is now paid for.
    PERFORM inventory.return_network_units(p_drop_id, v_now, ARRAY[v_hold.network, v_hold.network_block], '{0,0}',
      ARRAY[v_hold.units, v_hold.units], ARRAY[-v_hold.units, -v_hold.units]);
  END IF;
  INSERT INTO inventory.outbox (drop_id, aggregatetype, aggregateid, type, payload)
  VALUES (p_drop_id, 'hold', p_new_hold_id, 'hold.confirmed.v1', inventory.hold_fact(p_drop_id, p_new_hold_id, p_customer_id, p_order_id,
    v_hold.skus, v_hold.quantities, v_now));
  WITH moved AS (
    UPDATE inventory.stock s
    SET available = s.available - v_hold.quantities[array_position(v_hold.skus, s.sku)],
      sold = s.sold + v_hold.quantities[array_position(v_hold.skus, s.sku)], version = s.version + 1
    WHERE s.drop_id = p_drop_id AND s.sku = ANY (v_hold.skus) AND s.available >= v_hold.quantities[array_position(v_hold.skus, s.sku)]
    RETURNING s.sku, s.total, s.available, s.held, s.sold, s.epoch, s.version
  )
  SELECT count(*), json_agg(json_build_array(m.sku, m.total, m.available, m.held, m.sold, m.epoch, m.version)) INTO v_moved, stock FROM moved m;
  IF v_moved <> cardinality(v_hold.skus) THEN
    RAISE EXCEPTION 'stock of drop % does not cover the retake of %', p_drop_id, p_hold_id USING ERRCODE = 'check_violation';
  END IF;
  code := 'D';
END
$$;

-- Ends one hold by the rules of run_batch.
CREATE OR REPLACE FUNCTION inventory.run_batch_of_ends(p_drop_id text, p_kind text, p_hold_id text, p_customer_id text, p_order_id text,
  OUT end_codes text, OUT stock json)
LANGUAGE sql VOLATILE
AS $$
  SELECT b.end_codes, b.stock FROM inventory.run_batch(p_drop_id, ARRAY[p_kind], ARRAY[p_hold_id], ARRAY[p_customer_id], ARRAY[p_order_id],
    0, 0, '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}') b
$$;
