-- Rehearsals whose runner is silent: its lease is over, no runner has taken them over in time, or they ran past their end.
-- $1 seconds of the lease, $2 seconds until a runner takes one over, $3 seconds past the end. Rows: rehearsal_id, runner, and when it was last heard of.
SELECT rehearsal_id, runner, coalesce(beaten_at, requested_at)::text AS heard_at, clock_timestamp() > ends_by + make_interval(secs => $3) AS overdue
FROM inventory.rehearsal
WHERE state = 'running' AND (
  (runner IS NOT NULL AND beaten_at < clock_timestamp() - make_interval(secs => $1))
  OR (runner IS NULL AND requested_at < clock_timestamp() - make_interval(secs => $2))
  OR clock_timestamp() > ends_by + make_interval(secs => $3)
)
