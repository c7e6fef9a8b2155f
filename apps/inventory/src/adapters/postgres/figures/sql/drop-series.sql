-- Figures of a drop by steps of time; steps in which nothing happened have no row.
-- Holds come from the holds themselves, so they are exact; purged ones stand at their minute. What gateways
-- answered comes from their ticks, and after a week from the minutes that these were folded to, which stand at their
-- beginning; see define-tick-sums.sql.
-- $1 merchant_id, $2 drop_id, $3 from, $4 to (exclusive), $5 step as an interval. Rows: one for each step, in order.
WITH own AS (
  SELECT drop_id FROM inventory.drop WHERE merchant_id = $1 AND drop_id = $2 AND deleted_at IS NULL AND ghost_of IS NULL
), happened AS (
  SELECT h.created_at AS at, 1 AS holds, 0 AS released, 0 AS expired
  FROM inventory.hold h JOIN own USING (drop_id) WHERE h.created_at >= $3 AND h.created_at < $4
  UNION ALL
  SELECT h.ended_at, 0, (h.state = 'released')::integer, (h.state = 'expired')::integer
  FROM inventory.hold h JOIN own USING (drop_id)
  WHERE h.ended_at >= $3 AND h.ended_at < $4 AND h.state IN ('released', 'expired')
  UNION ALL
  SELECT p.minute, p.placed::integer, p.released::integer, p.expired::integer
  FROM inventory.purged_hold_count p JOIN own USING (drop_id) WHERE p.minute >= $3 AND p.minute < $4
), holds AS (
  SELECT date_bin($5::interval, at, 'epoch') AS t, sum(holds)::integer AS holds, sum(released)::integer AS released,
    sum(expired)::integer AS expired
  FROM happened GROUP BY 1
), sums AS MATERIALIZED (
  SELECT s.* FROM own CROSS JOIN LATERAL inventory.tick_sums(own.drop_id, $3, $4, $5::interval) s
  UNION ALL
  SELECT date_bin($5::interval, m.minute, 'epoch'), m.arrivals, m.refusals, m.latencies, m.readers
  FROM inventory.tick_minute m JOIN own USING (drop_id) WHERE m.minute >= $3 AND m.minute < $4
), answers AS (
  SELECT t, sum(arrivals)::integer AS arrivals, max(readers)::integer AS readers FROM sums GROUP BY t
), refusals AS (
  SELECT t, json_object_agg(key, n) AS refusals
  FROM (SELECT t, r.key, sum(r.value::bigint) AS n FROM sums, jsonb_each_text(refusals) r GROUP BY t, r.key) by_code
  GROUP BY t
), latencies AS (
  SELECT t, json_object_agg(key, n) AS latencies
  FROM (SELECT t, l.key, sum(l.value::bigint) AS n FROM sums, jsonb_each_text(latencies) l GROUP BY t, l.key) by_bucket
  GROUP BY t
)
SELECT t, coalesce(holds, 0) AS holds, coalesce(released, 0) AS released, coalesce(expired, 0) AS expired,
  coalesce(arrivals, 0) AS arrivals, coalesce(readers, 0) AS readers, coalesce(refusals, '{}') AS refusals,
  coalesce(latencies, '{}') AS latencies
FROM holds FULL JOIN answers USING (t) LEFT JOIN refusals USING (t) LEFT JOIN latencies USING (t)
ORDER BY t
