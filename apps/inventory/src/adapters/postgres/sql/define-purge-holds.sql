-- Scans one slice of a drop's holds in primary key order and deletes those that ended without a sale thirty
-- days ago. Customers can see an ended hold for that long; its key is kept for a day. This is the only way to
-- delete a hold: no role has the DELETE privilege, and held or confirmed holds cannot be selected. It needs
-- no index, which would slow down every insert.
-- Safe beside all other statements: an ended hold does not change. A payment that still arrives for one finds
-- no hold and is refunded. Concurrent purges skip each other's rows.
-- What goes stays counted by minute (purged_hold_count).
-- Last: the last hold of the slice, null if the drop has no more.
CREATE OR REPLACE FUNCTION inventory.purge_holds(p_drop_id text, p_after text, p_max integer, OUT last_hold_id text, OUT purged integer)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
  v_old text[];
BEGIN
  SELECT max(s.hold_id), array_agg(s.hold_id) FILTER (WHERE s.state IN ('released', 'expired')
    AND s.ended_at < clock_timestamp() - interval '30 days')
  INTO last_hold_id, v_old
  FROM (
    SELECT h.hold_id, h.state, h.ended_at FROM inventory.hold h
    WHERE h.drop_id = p_drop_id AND h.hold_id > p_after
    ORDER BY h.hold_id
    LIMIT p_max
  ) s;
  v_old := ARRAY(
    SELECT h.hold_id FROM inventory.hold h
    WHERE h.drop_id = p_drop_id AND h.hold_id = ANY (v_old) AND h.state IN ('released', 'expired')
    FOR UPDATE SKIP LOCKED
  );
  WITH gone AS (
    DELETE FROM inventory.hold h
    WHERE h.drop_id = p_drop_id AND h.hold_id = ANY (v_old) AND h.state IN ('released', 'expired')
    RETURNING h.created_at, h.ended_at, h.state
  ), counted AS (
    INSERT INTO inventory.purged_hold_count AS c (drop_id, minute, placed, released, expired)
    SELECT p_drop_id, m.minute, sum(m.placed), sum(m.released), sum(m.expired)
    FROM (
      SELECT date_trunc('minute', created_at) AS minute, 1 AS placed, 0 AS released, 0 AS expired FROM gone
      UNION ALL
      SELECT date_trunc('minute', ended_at), 0, (state = 'released')::integer, (state = 'expired')::integer FROM gone
    ) m
    GROUP BY m.minute
    ORDER BY m.minute
    ON CONFLICT (drop_id, minute) DO UPDATE
    SET placed = c.placed + excluded.placed, released = c.released + excluded.released, expired = c.expired + excluded.expired
  )
  SELECT count(*) INTO purged FROM gone;
END
$$;
