-- Adds units to a SKU or removes unsold ones, once for each movement id, for the merchant of the drop. One
-- transaction.
--
-- Letters: D adjusted · r replayed · k key-reused · n not-found · u unknown-sku · m too-many-units · c drop-closed · b below-committed.
-- Replayed: the movement is there; its row has what was answered. Key reused: it was made by another body.
-- Below committed: less than held + sold. The first statement locks the drop's row, if it is the merchant's:
-- it serializes concurrent retries, and the state is decided on the locked row by the database's clock. The
-- UPDATE is the guard (available + delta >= 0), repeated as a CHECK; the movement's primary key makes a retry
-- harmless. The fact for the audit is in the same transaction.
CREATE OR REPLACE FUNCTION inventory.adjust_stock(
  p_drop_id text, p_merchant_id text, p_movement_id text, p_fingerprint text, p_sku text, p_delta bigint, p_reason text,
  -- Most units that a SKU may have.
  p_units_max bigint,
  -- Who makes it and from where, for the audit.
  p_actor jsonb, p_request_id text, p_address text,
  OUT code text, OUT movement jsonb
)
LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
  v_drop record;
  v_clock timestamptz;
  v_stock inventory.stock;
  v_movement inventory.movement;
BEGIN
  SELECT d.state, d.opens_at, d.closes_at INTO v_drop
  FROM inventory.drop d WHERE d.drop_id = p_drop_id AND d.merchant_id = p_merchant_id AND d.deleted_at IS NULL
  FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    code := 'n';
    RETURN;
  END IF;
  v_clock := clock_timestamp();

  SELECT * INTO v_movement FROM inventory.movement m WHERE m.drop_id = p_drop_id AND m.movement_id = p_movement_id;
  IF FOUND THEN
    code := CASE WHEN v_movement.fingerprint IS NOT DISTINCT FROM p_fingerprint THEN 'r' ELSE 'k' END;
    movement := inventory.movement_image(v_movement);
    RETURN;
  END IF;

  SELECT * INTO v_stock FROM inventory.stock s WHERE s.drop_id = p_drop_id AND s.sku = p_sku;
  -- An item that was taken out of the drop keeps its row of stock.
  IF NOT FOUND OR EXISTS (SELECT FROM inventory.item i WHERE i.drop_id = p_drop_id AND i.sku = p_sku AND i.removed_at IS NOT NULL) THEN
    code := 'u';
    RETURN;
  ELSIF v_stock.total + p_delta > p_units_max THEN
    code := 'm';
    RETURN;
  ELSIF inventory.drop_state_at(v_drop.state, v_drop.opens_at, v_drop.closes_at, v_clock) = 'closed' THEN
    code := 'c';
    RETURN;
  END IF;

  UPDATE inventory.stock s SET total = s.total + p_delta, available = s.available + p_delta, version = s.version + 1
  WHERE s.drop_id = p_drop_id AND s.sku = p_sku AND s.available + p_delta >= 0
  RETURNING * INTO v_stock;
  IF NOT FOUND THEN
    code := 'b';
    RETURN;
  END IF;
  INSERT INTO inventory.movement (drop_id, movement_id, sku, delta, reason, actor, created_at, fingerprint, made_by, stock_after)
  VALUES (p_drop_id, p_movement_id, p_sku, p_delta, p_reason, p_actor->>'kind', v_clock, p_fingerprint, p_actor,
    jsonb_build_array(v_stock.total, v_stock.available, v_stock.held, v_stock.sold, v_stock.epoch, v_stock.version))
  RETURNING * INTO v_movement;
  -- Until it opens, the total is part of what an edit of the drop replaces: an edit of the revision before must not take the units back.
  UPDATE inventory.drop d SET revision = d.revision + 1
  WHERE d.drop_id = p_drop_id
    AND inventory.drop_state_at(v_drop.state, v_drop.opens_at, v_drop.closes_at, v_clock) IN ('draft', 'scheduled');
  INSERT INTO inventory.audit_outbox (merchant_id, at, actor, action, target, change, request_id, address)
  VALUES (p_merchant_id, v_clock, p_actor, 'stock.adjusted', jsonb_build_object('kind', 'stock-adjustment', 'id', p_movement_id),
    jsonb_build_object('dropId', p_drop_id, 'sku', p_sku, 'delta', p_delta, 'reason', p_reason, 'total', v_stock.total),
    p_request_id, p_address);
  code := 'D';
  movement := inventory.movement_image(v_movement);
END
$$;

-- What processes of the release before call. It goes with the next release.
CREATE OR REPLACE FUNCTION inventory.adjust_stock(
  p_drop_id text, p_movement_id text, p_sku text, p_delta bigint, p_reason text, p_actor text,
  OUT code text, OUT stock json
)
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
  PERFORM FROM inventory.drop d WHERE d.drop_id = p_drop_id FOR NO KEY UPDATE;
  IF EXISTS (SELECT FROM inventory.movement m WHERE m.drop_id = p_drop_id AND m.movement_id = p_movement_id AND m.sku = p_sku) THEN
    code := 'D';
  ELSE
    UPDATE inventory.stock s SET total = s.total + p_delta, available = s.available + p_delta, version = s.version + 1
    WHERE s.drop_id = p_drop_id AND s.sku = p_sku AND s.available + p_delta >= 0;
    IF FOUND THEN
      INSERT INTO inventory.movement (drop_id, movement_id, sku, delta, reason, actor)
      VALUES (p_drop_id, p_movement_id, p_sku, p_delta, p_reason, p_actor);
      code := 'D';
    ELSE
      code := CASE WHEN EXISTS (SELECT FROM inventory.stock s WHERE s.drop_id = p_drop_id AND s.sku = p_sku) THEN 'b' ELSE 'u' END;
    END IF;
  END IF;
  SELECT json_agg(json_build_array(s.sku, s.total, s.available, s.held, s.sold, s.epoch, s.version)) INTO stock
  FROM inventory.stock s WHERE s.drop_id = p_drop_id AND s.sku = p_sku;
END
$$;
