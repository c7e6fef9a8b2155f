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
-- sale. A change of the display gives its own, see set-stock-display.
CREATE OR REPLACE FUNCTION inventory.show_stock() RETURNS trigger
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
  IF inventory.shown_band(NEW.stock_display, NEW.available, NEW.total) <> inventory.shown_band(OLD.stock_display, OLD.available, OLD.total) THEN
    NEW.shown_version := OLD.shown_version + 1;
  ELSE
    RETURN NEW;
  END IF;
  NEW.shown_at := clock_timestamp();
  RETURN NEW;
END
$$;

-- A new row is shown as its drop says, whoever makes it: an instance of before knows nothing of it.
CREATE OR REPLACE FUNCTION inventory.show_new_stock() RETURNS trigger
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
  SELECT d.stock_display INTO NEW.stock_display FROM inventory.drop d WHERE d.drop_id = NEW.drop_id;
  IF NEW.stock_display <> 'exact' THEN
    NEW.shown_version := NEW.version;
    NEW.shown_at := clock_timestamp();
  END IF;
  RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER stock_show_new BEFORE INSERT ON inventory.stock
FOR EACH ROW EXECUTE FUNCTION inventory.show_new_stock();

-- A row trigger with a condition, because drops that show their numbers, which are nearly all, then pay for a comparison of two words.
CREATE OR REPLACE TRIGGER stock_show BEFORE UPDATE ON inventory.stock
FOR EACH ROW WHEN (NEW.stock_display <> 'exact' AND NEW.stock_display = OLD.stock_display)
EXECUTE FUNCTION inventory.show_stock();

-- The same for all items of a drop together, for lists. Whoever changes stock has the drop's row locked. Their units are summed in a table of
-- their own, in drops without numbers only, so that a statement costs by the rows that it changes and not by those of the drop; not in the drop's
-- row, whose changes are streamed. The drop's revision stays: it is no change of the merchant's.
CREATE OR REPLACE FUNCTION inventory.show_totals_of(p_drop_id text, p_stock_display text) RETURNS void
LANGUAGE sql VOLATILE
AS $$
  UPDATE inventory.drop d SET shown_band = t.band, shown_version = d.shown_version + 1, shown_at = clock_timestamp()
  FROM (
    SELECT inventory.shown_band(p_stock_display, u.available, u.total) AS band FROM inventory.shown_units u WHERE u.drop_id = p_drop_id
  ) t
  WHERE d.drop_id = p_drop_id AND d.shown_band IS DISTINCT FROM t.band
$$;

-- What a statement has changed is added to the sums. One that changes the display makes them anew: with numbers they are not kept.
CREATE OR REPLACE FUNCTION inventory.show_totals() RETURNS trigger
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  v_drop record;
BEGIN
  -- Drops that show their numbers, which are nearly all, pay for this look at the statement's rows and no more.
  IF NOT EXISTS (SELECT FROM new_rows n WHERE n.stock_display <> 'exact') THEN
    RETURN NULL;
  END IF;
  FOR v_drop IN
    SELECT c.drop_id, max(c.stock_display) FILTER (WHERE c.is_new) AS stock_display, min(c.stock_display) <> max(c.stock_display) AS turned,
      sum(c.available)::bigint AS available, sum(c.total)::bigint AS total
    FROM (
      SELECT n.drop_id, n.stock_display, n.available, n.total, true AS is_new FROM new_rows n
      UNION ALL
      SELECT o.drop_id, o.stock_display, -o.available, -o.total, false FROM old_rows o
    ) c
    GROUP BY c.drop_id
  LOOP
    CONTINUE WHEN v_drop.stock_display = 'exact';
    UPDATE inventory.shown_units u SET available = u.available + v_drop.available, total = u.total + v_drop.total
    WHERE u.drop_id = v_drop.drop_id AND NOT v_drop.turned;
    IF NOT FOUND THEN
      INSERT INTO inventory.shown_units (drop_id, available, total)
      SELECT s.drop_id, sum(s.available), sum(s.total) FROM inventory.stock s WHERE s.drop_id = v_drop.drop_id GROUP BY s.drop_id
      ON CONFLICT (drop_id) DO UPDATE SET available = excluded.available, total = excluded.total;
    END IF;
    PERFORM inventory.show_totals_of(v_drop.drop_id, v_drop.stock_display);
  END LOOP;
  RETURN NULL;
END
$$;

-- The same for new rows. A statement may change others beside them, which are counted above.
CREATE OR REPLACE FUNCTION inventory.show_new_totals() RETURNS trigger
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
  INSERT INTO inventory.shown_units AS u (drop_id, available, total)
  SELECT n.drop_id, sum(n.available), sum(n.total) FROM new_rows n WHERE n.stock_display <> 'exact' GROUP BY n.drop_id
  ON CONFLICT (drop_id) DO UPDATE SET available = u.available + excluded.available, total = u.total + excluded.total;
  PERFORM inventory.show_totals_of(c.drop_id, c.stock_display)
  FROM (SELECT DISTINCT n.drop_id, n.stock_display FROM new_rows n WHERE n.stock_display <> 'exact') c;
  RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER stock_show_totals AFTER UPDATE ON inventory.stock
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION inventory.show_totals();

CREATE OR REPLACE TRIGGER stock_show_new_totals AFTER INSERT ON inventory.stock
REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION inventory.show_new_totals();
