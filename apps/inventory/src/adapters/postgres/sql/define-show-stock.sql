-- What shoppers see of a count of units: the one place with the rule of the bands. `bandOf` in libs/contracts repeats it for gateways, and
-- test/integration/rules-in-sql compares the two. Null: they see the numbers. `some` stands for all that is not `none` in a hidden drop.
CREATE OR REPLACE FUNCTION inventory.shown_band(p_stock_display text, p_available bigint, p_total bigint) RETURNS text
LANGUAGE sql IMMUTABLE
AS $$
  SELECT CASE
    WHEN p_stock_display = 'exact' THEN NULL
    WHEN p_available = 0 THEN 'none'
    WHEN p_stock_display = 'hidden' THEN 'some'
    -- 3 units, or 2 %.
    WHEN p_available <= 3 OR p_available * 50 <= p_total THEN 'last'
    -- 20 %.
    WHEN p_available * 5 >= p_total THEN 'plenty'
    ELSE 'few'
  END
$$;

-- Gives a stock row the version that shoppers see. It grows when what they see changes and at no other time, or it would tell them of each
-- sale. It never goes back when the display changes: with the numbers they see `version`, which is never less.
CREATE OR REPLACE FUNCTION inventory.show_stock() RETURNS trigger
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
  IF TG_OP = 'INSERT' OR OLD.stock_display = 'exact' THEN
    NEW.shown_version := NEW.version;
  ELSIF NEW.stock_display <> OLD.stock_display
    OR inventory.shown_band(NEW.stock_display, NEW.available, NEW.total) <> inventory.shown_band(OLD.stock_display, OLD.available, OLD.total) THEN
    NEW.shown_version := OLD.shown_version + 1;
  ELSE
    RETURN NEW;
  END IF;
  NEW.shown_at := clock_timestamp();
  RETURN NEW;
END
$$;

-- Row triggers with a condition, because drops that show their numbers, which are nearly all, then pay for a comparison of two words.
CREATE OR REPLACE TRIGGER stock_show_new BEFORE INSERT ON inventory.stock
FOR EACH ROW WHEN (NEW.stock_display <> 'exact')
EXECUTE FUNCTION inventory.show_stock();

CREATE OR REPLACE TRIGGER stock_show BEFORE UPDATE ON inventory.stock
FOR EACH ROW WHEN (OLD.stock_display <> 'exact' OR NEW.stock_display <> 'exact')
EXECUTE FUNCTION inventory.show_stock();

-- The same for all items of a drop together, for lists. Row triggers run at the end of the statement, when all of its rows are changed, so one
-- look for each statement is enough: cmin is the statement's number in its transaction. The sum reads the drop's rows of stock, in drops
-- without numbers only. Whoever changes stock has the drop's row locked. The drop's revision stays: it is no change of the merchant's.
CREATE OR REPLACE FUNCTION inventory.show_totals() RETURNS trigger
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  v_look text;
BEGIN
  SELECT s.drop_id || ' ' || pg_current_xact_id() || ' ' || s.cmin INTO v_look
  FROM inventory.stock s WHERE s.drop_id = NEW.drop_id AND s.sku = NEW.sku;
  IF current_setting('inventory.totals_look', true) = v_look THEN
    RETURN NULL;
  END IF;
  PERFORM set_config('inventory.totals_look', v_look, true);
  UPDATE inventory.drop d SET shown_band = t.band, shown_version = d.shown_version + 1, shown_at = clock_timestamp()
  FROM (
    SELECT inventory.shown_band(NEW.stock_display, sum(s.available)::bigint, sum(s.total)::bigint) AS band
    FROM inventory.stock s WHERE s.drop_id = NEW.drop_id
  ) t
  WHERE d.drop_id = NEW.drop_id AND d.shown_band IS DISTINCT FROM t.band;
  RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER stock_show_totals AFTER INSERT OR UPDATE ON inventory.stock
FOR EACH ROW WHEN (NEW.stock_display <> 'exact')
EXECUTE FUNCTION inventory.show_totals();
