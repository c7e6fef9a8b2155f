-- Counts facts of one drop, each once however often it is delivered, and returns how many of each type were
-- new.
-- Safe because the inbox's primary key decides in the same statement: a fact that was counted before, or is
-- being counted concurrently, inserts no row and adds nothing. Both inserts are ordered by key, so that two
-- instances cannot deadlock.
-- $1 drop_id, $2 fact ids, $3 their types (same length). Rows: type, fresh (> 0).
WITH received AS (
  SELECT DISTINCT ON (t.id) t.id, t.type FROM unnest($2::uuid[], $3::text[]) AS t(id, type) ORDER BY t.id
), fresh AS (
  INSERT INTO inventory.fact_inbox (drop_id, fact_id) SELECT $1, id FROM received ORDER BY id
  ON CONFLICT DO NOTHING
  RETURNING fact_id
), by_type AS (
  SELECT received.type, count(*) AS fresh FROM fresh JOIN received ON received.id = fresh.fact_id GROUP BY received.type
), counted AS (
  INSERT INTO inventory.fact_count (drop_id, type, facts) SELECT $1, type, fresh FROM by_type ORDER BY type
  ON CONFLICT (drop_id, type) DO UPDATE SET facts = fact_count.facts + excluded.facts
)
SELECT type, fresh FROM by_type
