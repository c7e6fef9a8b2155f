-- A time as texts that are in the order of the times.
CREATE OR REPLACE FUNCTION checkout.precise(p_at timestamptz) RETURNS text
LANGUAGE sql STABLE
RETURN to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');

-- The lock of a drop's events: shared by who writes one, until the commit.
CREATE OR REPLACE FUNCTION checkout.event_lock(p_drop_id text) RETURNS bigint
LANGUAGE sql IMMUTABLE
RETURN hashtextextended('holdfast order events ' || p_drop_id, 0);

-- Notes the beginning of an order and each of its ends. The clock is read with the lock of the drop's events, which
-- lasts until the commit: so nobody who has had the whole lock meets an earlier event afterwards.
CREATE OR REPLACE FUNCTION checkout.note_order_event() RETURNS trigger
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(checkout.event_lock(NEW.drop_id));
  INSERT INTO checkout.order_event (drop_id, at, order_id, what, reason)
  VALUES (NEW.drop_id, clock_timestamp(), NEW.order_id,
    CASE WHEN TG_OP = 'INSERT' THEN 1 WHEN NEW.state = 'failed' THEN 2 WHEN NEW.state = 'cancelled' THEN 3 WHEN NEW.state = 'paid' THEN 4 ELSE 5 END,
    CASE WHEN NEW.state IN ('failed', 'cancelled') THEN NEW.reason END);
  RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER order_created AFTER INSERT ON checkout.orders
FOR EACH ROW EXECUTE FUNCTION checkout.note_order_event();

CREATE OR REPLACE TRIGGER order_settled AFTER UPDATE ON checkout.orders
FOR EACH ROW WHEN (NEW.state <> OLD.state AND NEW.state IN ('failed', 'cancelled', 'paid', 'refunded'))
EXECUTE FUNCTION checkout.note_order_event();

-- Until when the events of a drop are complete: whatever is committed after this has a later time. Those who write one
-- hold the lock for a commit; where it is not to be had, the last twenty seconds are left out: the server ends a
-- transaction that is idle for ten, and a statement takes less than the other ten.
CREATE OR REPLACE FUNCTION checkout.timeline_horizon(p_drop_id text) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE
SET lock_timeout = '300ms'
AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(checkout.event_lock(p_drop_id));
  RETURN clock_timestamp();
EXCEPTION WHEN lock_not_available THEN
  RETURN clock_timestamp() - interval '20 s';
END
$$;
