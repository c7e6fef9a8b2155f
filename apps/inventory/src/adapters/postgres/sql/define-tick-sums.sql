-- Sums of a drop's ticks by steps of time; a step without ticks and readers has no row. Series read by it, and ticks
-- are folded by it, so that both show the same.
-- A gateway tells its readers when they change, and in each half minute: what it told holds until its next tick or
-- the end of that half minute. So no half minute, and no minute, needs what was told before it.
-- Readers of a step: those of all gateways together at the moment of the step with most.
-- p_from: inclusive; p_to: exclusive; p_step: divides a minute or is made of minutes.
CREATE OR REPLACE FUNCTION inventory.tick_sums(p_drop_id text, p_from timestamptz, p_to timestamptz, p_step interval)
RETURNS TABLE (t timestamptz, arrivals bigint, refusals jsonb, latencies jsonb, readers integer)
LANGUAGE sql STABLE
AS $$
WITH ticks AS MATERIALIZED (
  SELECT date_bin(p_step, k.second, 'epoch') AS t, k.*
  FROM inventory.tick k
  WHERE k.drop_id = p_drop_id AND k.second >= date_bin('30 s', p_from, 'epoch') AND k.second < p_to
), told AS (
  SELECT k.second AS at, k.readers,
    least(lead(k.second) OVER (PARTITION BY k.source ORDER BY k.second), date_bin('30 s', k.second, 'epoch') + interval '30 s') AS until
  FROM ticks k
), levels AS (
  -- A running sum: up where a gateway's readers begin to count, down where they end.
  SELECT c.at, lead(c.at) OVER (ORDER BY c.at) AS until, (sum(sum(c.readers)) OVER (ORDER BY c.at))::integer AS readers
  FROM (SELECT at, readers FROM told WHERE readers > 0 UNION ALL SELECT until, -readers FROM told WHERE readers > 0) c
  GROUP BY c.at
), reading AS (
  SELECT s.t, max(l.readers) AS readers
  FROM levels l
  CROSS JOIN LATERAL generate_series(
    date_bin(p_step, greatest(l.at, p_from), 'epoch'), least(l.until, p_to) - interval '1 us', p_step) AS s(t)
  WHERE l.readers > 0
  GROUP BY s.t
), answers AS (
  SELECT k.t, sum(k.arrivals) AS arrivals FROM ticks k WHERE k.second >= p_from GROUP BY k.t
), refusals AS (
  SELECT c.t, jsonb_object_agg(c.key, c.n) AS refusals
  FROM (
    SELECT k.t, r.key, sum(r.value::bigint) AS n FROM ticks k, jsonb_each_text(k.refusals) r WHERE k.second >= p_from GROUP BY k.t, r.key
  ) c
  GROUP BY c.t
), latencies AS (
  SELECT c.t, jsonb_object_agg(c.key, c.n) AS latencies
  FROM (
    SELECT k.t, l.key, sum(l.value::bigint) AS n FROM ticks k, jsonb_each_text(k.latencies) l WHERE k.second >= p_from GROUP BY k.t, l.key
  ) c
  GROUP BY c.t
)
SELECT t, coalesce(a.arrivals, 0), coalesce(f.refusals, '{}'), coalesce(l.latencies, '{}'), coalesce(r.readers, 0)
FROM answers a FULL JOIN reading r USING (t) LEFT JOIN refusals f USING (t) LEFT JOIN latencies l USING (t)
$$;
