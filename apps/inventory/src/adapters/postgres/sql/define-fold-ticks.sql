-- Replaces a drop's oldest ticks by a row for each minute, a bounded number of them. Only whole minutes, all of whose
-- ticks are older than p_age: what is stored (add-ticks.sql) is younger, so a folded minute gets no tick any more.
-- Safe beside others that fold: one at a time does for a drop, the rest leave it at once. The lock is taken by a
-- statement of its own, so that the one that folds sees what was committed before. That is a single statement: its
-- parts see the same rows, so it deletes what it has added up, and a crash leaves all of it or none.
-- p_max: ticks; one minute at least, whatever it has. Returns how many ticks were folded; 0: none is old enough, or
-- another process folds this drop.
CREATE OR REPLACE FUNCTION inventory.fold_ticks(p_drop_id text, p_age interval, p_max integer) RETURNS integer
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  v_from timestamptz;
  v_to timestamptz;
  v_folded integer;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('ticks of ' || p_drop_id, 0)) THEN
    RETURN 0;
  END IF;
  SELECT date_trunc('minute', min(k.second), 'UTC') INTO v_from FROM inventory.tick k WHERE k.drop_id = p_drop_id;
  SELECT date_trunc('minute', k.second, 'UTC') INTO v_to
  FROM inventory.tick k WHERE k.drop_id = p_drop_id ORDER BY k.second OFFSET p_max LIMIT 1;
  v_to := least(greatest(coalesce(v_to, 'infinity'), v_from + interval '1 min'), date_trunc('minute', clock_timestamp() - p_age, 'UTC'));
  WITH gone AS (
    DELETE FROM inventory.tick k WHERE k.drop_id = p_drop_id AND k.second >= v_from AND k.second < v_to
    RETURNING 1
  ), folded AS (
    INSERT INTO inventory.tick_minute (drop_id, minute, arrivals, refusals, latencies, readers)
    SELECT p_drop_id, s.t, s.arrivals, s.refusals, s.latencies, s.readers
    FROM inventory.tick_sums(p_drop_id, v_from, v_to, '1 min') s
  )
  SELECT count(*) INTO v_folded FROM gone;
  RETURN v_folded;
END
$$;
