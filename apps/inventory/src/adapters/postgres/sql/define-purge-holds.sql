-- Looks through one slice of a drop's holds, in the order of the primary key, and forgets those that ended without a sale thirty days ago. A customer
-- sees an ended hold for that long, and its key is kept for a day. The only way to delete a hold: nobody has the right itself, and what counts
-- (held, confirmed) cannot be named. No index is needed for it, which every hold would have to pay for.
-- Safe beside everything: an ended hold changes no more. Money that still came for one finds no hold and goes back. Purgers pass over each
-- other's rows.
-- Last: the last hold of the slice, null when the drop has no more.
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
  DELETE FROM inventory.hold h
  WHERE h.drop_id = p_drop_id AND h.hold_id = ANY (v_old) AND h.state IN ('released', 'expired');
  GET DIAGNOSTICS purged = ROW_COUNT;
END
$$;
