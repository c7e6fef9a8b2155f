-- Stores ticks of one gateway, each once however often it is sent, and adds their refusals to the sums.
-- Safe because the primary key decides in the same statement; both inserts are ordered by key, so that two
-- instances cannot deadlock. Ticks of drops that do not exist and of removed ghosts are left out, and those older than $8:
-- their minute may have been folded (define-fold-ticks.sql), so nothing tells whether they were stored before.
-- $1 source, $2 drop ids, $3 seconds, $4 arrivals, $5 refusals, $6 latencies, $7 readers (same length each),
-- $8 age as an interval.
-- Rows: none; the row count is the number of drops and codes that were added to.
WITH received AS (
  SELECT DISTINCT ON (t.drop_id, t.second) t.*
  FROM unnest($2::text[], $3::timestamptz[], $4::integer[], $5::jsonb[], $6::jsonb[], $7::integer[])
    AS t (drop_id, second, arrivals, refusals, latencies, readers)
  JOIN inventory.drop d ON d.drop_id = t.drop_id AND NOT (d.ghost_of IS NOT NULL AND d.deleted_at IS NOT NULL)
  WHERE t.second >= clock_timestamp() - $8::interval
  ORDER BY t.drop_id, t.second
), fresh AS (
  INSERT INTO inventory.tick (drop_id, second, source, arrivals, refusals, latencies, readers)
  SELECT drop_id, second, $1, arrivals, refusals, latencies, readers FROM received
  ON CONFLICT DO NOTHING
  RETURNING drop_id, refusals
)
INSERT INTO inventory.refusal_count AS c (drop_id, code, refusals)
SELECT f.drop_id, r.key, sum(r.value::bigint)
FROM fresh f, jsonb_each_text(f.refusals) r
GROUP BY f.drop_id, r.key
ORDER BY f.drop_id, r.key
ON CONFLICT (drop_id, code) DO UPDATE SET refusals = c.refusals + excluded.refusals
