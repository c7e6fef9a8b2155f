-- Takes over the rehearsal that was requested, or again the one that this runner took over: its answer was lost. Its time begins now.
-- $1 runner, $2 seconds until it has ended at the latest, beside those in which shoppers arrive, $3 detail. Rows: 0 or 1.
UPDATE inventory.rehearsal SET
  runner = $1, beaten_at = clock_timestamp(), started_at = coalesce(started_at, clock_timestamp()), detail = $3,
  ends_by = CASE WHEN runner IS NULL THEN clock_timestamp() + make_interval(secs => $2 + (settings ->> 'duration')::integer) ELSE ends_by END
WHERE state = 'running' AND (runner IS NULL OR runner = $1)
RETURNING merchant_id, arrivals, rehearsal_id, drop_id, ghost_ids[1] AS ghost_id, settings, state, verdict, progress, detail, figures, started_at, ends_by, ended_at
