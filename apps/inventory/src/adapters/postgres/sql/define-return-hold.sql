-- Makes the sold units of a confirmed hold available again, because its payment was never captured. The
-- customer's limit gets them back, too. One transaction. The hold stays confirmed, because a hold ends once;
-- inventory.returned records the returned units: sold = confirmed lines - returns.
--
-- Letters: D returned · n not-found. Returned: now or before. Not found: the order has no confirmed hold.
-- Safe for the same reasons as run_batch: the drop's row is locked first, the return's primary key makes a
-- retry harmless, the stock change is conditional. The hold is the order's own or the one retaken for it,
-- never another customer's.
CREATE OR REPLACE FUNCTION inventory.return_hold(
  p_drop_id text, p_hold_id text, p_retaken_hold_id text, p_customer_id text, p_order_id text,
  OUT code text, OUT stock json
)
LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
  v_hold inventory.hold;
  v_now timestamptz;
  v_moved integer;
BEGIN
  PERFORM FROM inventory.drop d WHERE d.drop_id = p_drop_id FOR NO KEY UPDATE;
  IF EXISTS (SELECT FROM inventory.returned r WHERE r.drop_id = p_drop_id AND r.return_id = p_order_id) THEN
    code := 'D';
    RETURN;
  END IF;
  SELECT * INTO v_hold FROM inventory.hold h
  WHERE h.drop_id = p_drop_id AND h.hold_id = ANY (ARRAY[p_hold_id, p_retaken_hold_id])
    AND h.customer_id = p_customer_id AND h.state = 'confirmed' AND h.order_id = p_order_id;
  IF v_hold.hold_id IS NULL THEN
    code := 'n';
    RETURN;
  END IF;

  v_now := date_trunc('milliseconds', clock_timestamp());
  INSERT INTO inventory.returned (drop_id, return_id, sku, hold_id, customer_id, units, returned_at)
  SELECT p_drop_id, p_order_id, l.sku, v_hold.hold_id, p_customer_id, l.quantity, v_now
  FROM unnest(v_hold.skus, v_hold.quantities) AS l(sku, quantity);
  UPDATE inventory.customer_units cu SET units = cu.units - v_hold.units
  WHERE cu.drop_id = p_drop_id AND cu.customer_id = p_customer_id;
  -- The confirm counted them as paid for; the same number of wasted units compensates for it.
  PERFORM inventory.return_network_units(p_drop_id, v_now, ARRAY[v_hold.network, v_hold.network_block], '{0,0}', '{0,0}',
    ARRAY[v_hold.units, v_hold.units]);
  INSERT INTO inventory.outbox (drop_id, aggregatetype, aggregateid, type, payload)
  VALUES (p_drop_id, 'hold', v_hold.hold_id, 'hold.returned.v1', inventory.hold_fact(p_drop_id, v_hold.hold_id, p_customer_id, p_order_id,
    v_hold.skus, v_hold.quantities, v_now));
  WITH moved AS (
    UPDATE inventory.stock s
    SET available = s.available + v_hold.quantities[array_position(v_hold.skus, s.sku)],
      sold = s.sold - v_hold.quantities[array_position(v_hold.skus, s.sku)], version = s.version + 1
    WHERE s.drop_id = p_drop_id AND s.sku = ANY (v_hold.skus) AND s.sold >= v_hold.quantities[array_position(v_hold.skus, s.sku)]
    RETURNING s.sku, s.total, s.available, s.held, s.sold, s.epoch, s.version
  )
  SELECT count(*), json_agg(json_build_array(m.sku, m.total, m.available, m.held, m.sold, m.epoch, m.version)) INTO v_moved, stock FROM moved m;
  IF v_moved <> cardinality(v_hold.skus) THEN
    RAISE EXCEPTION 'stock of drop % does not cover the return of %', p_drop_id, v_hold.hold_id USING ERRCODE = 'check_violation';
  END IF;
  code := 'D';
END
$$;
