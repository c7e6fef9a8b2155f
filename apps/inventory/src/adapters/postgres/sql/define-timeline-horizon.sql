-- A time as texts that are in the order of the times.
CREATE OR REPLACE FUNCTION inventory.precise(p_at timestamptz) RETURNS text
LANGUAGE sql STABLE
RETURN to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');

-- Until when a drop's holds, adjustments and changes are complete: whatever is committed after this has a later
-- time. Whoever writes them locks the drop's row first and reads the clock afterwards, so a moment with that lock
-- is enough. The lanes' times are whole milliseconds, rounded down, and so is this. The lock is held until the end of
-- the statement: a lane waits microseconds for it. Where it is not to be had, the last twenty seconds are left out:
-- the server ends a transaction that is idle for ten, and a statement takes less than the other ten.
CREATE OR REPLACE FUNCTION inventory.timeline_horizon(p_drop_id text) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE
SET lock_timeout = '300ms'
AS $$
BEGIN
  PERFORM FROM inventory.drop d WHERE d.drop_id = p_drop_id FOR SHARE;
  RETURN date_trunc('milliseconds', clock_timestamp());
EXCEPTION WHEN lock_not_available THEN
  RETURN date_trunc('milliseconds', clock_timestamp()) - interval '20 s';
END
$$;
