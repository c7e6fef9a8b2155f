-- Notes the first moment at which no SKU of a drop that has opened has a unit. The trigger fires only when a
-- SKU's last unit goes, so other batches pay for one comparison. Row triggers run at the end of the statement,
-- when all of its rows are changed, and a batch changes each stock row once: one look a transaction is enough,
-- however many SKUs it empties. The lane holds the drop's row, so no other batch changes the stock meanwhile.
CREATE OR REPLACE FUNCTION inventory.note_sold_out() RETURNS trigger
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  v_look text := NEW.drop_id || ' ' || pg_current_xact_id();
BEGIN
  IF current_setting('inventory.sold_out_look', true) = v_look THEN
    RETURN NULL;
  END IF;
  PERFORM set_config('inventory.sold_out_look', v_look, true);
  INSERT INTO inventory.sold_out (drop_id)
  SELECT d.drop_id FROM inventory.drop d
  WHERE d.drop_id = NEW.drop_id
    AND inventory.drop_state_at(d.state, d.opens_at, d.closes_at, clock_timestamp()) NOT IN ('draft', 'scheduled')
    AND NOT EXISTS (SELECT FROM inventory.stock s WHERE s.drop_id = d.drop_id AND s.available > 0)
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER stock_sold_out AFTER UPDATE ON inventory.stock
FOR EACH ROW WHEN (NEW.available = 0 AND OLD.available > 0)
EXECUTE FUNCTION inventory.note_sold_out();
