-- Counts facts of one drop, each once however often it comes, and says how many of each type were new.
-- Safe because the inbox's primary key decides, in the same statement: a fact that is there already, or is being counted by another instance
-- in this moment, inserts no row and adds nothing. Both inserts go in the order of their keys, so that two instances cannot wait for each other.
-- $1 drop_id, $2 fact ids, $3 their types (same length). Rows: type, fresh (> 0).
WITH told AS (
  SELECT DISTINCT ON (t.id) t.id, t.type FROM unnest($2::uuid[], $3::text[]) AS t(id, type) ORDER BY t.id
), fresh AS (
  INSERT INTO inventory.fact_inbox (drop_id, fact_id) SELECT $1, id FROM told ORDER BY id
  ON CONFLICT DO NOTHING
  RETURNING fact_id
), by_type AS (
  SELECT told.type, count(*) AS fresh FROM fresh JOIN told ON told.id = fresh.fact_id GROUP BY told.type
), counted AS (
  INSERT INTO inventory.fact_count (drop_id, type, facts) SELECT $1, type, fresh FROM by_type ORDER BY type
  ON CONFLICT (drop_id, type) DO UPDATE SET facts = fact_count.facts + excluded.facts
)
SELECT type, fresh FROM by_type
