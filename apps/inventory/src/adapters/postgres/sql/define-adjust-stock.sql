-- Adds units to a SKU or takes unsold ones away, once for each movement id. One transaction.
--
-- Letters: D done, now or before · u unknown SKU · b below what is held and sold.
-- The UPDATE is the guard (available + delta >= 0) and repeats as CHECK; the movement's primary key makes a repetition harmless,
-- and the lock of the drop's row keeps the two together against a repetition that runs at the same time.
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
