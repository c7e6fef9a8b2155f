-- Beginnings of the keys of charges, up to the first dash, between `g` and `h`: all ghosts are among them. Skips from one to the next in the index of keys.
-- Reads only. $1 rows at most. Rows: drop_id.
WITH RECURSIVE found (drop_id) AS (
  (SELECT split_part(c.provider_key, '-', 1) COLLATE "C" FROM sandbox.charge c
   WHERE c.provider_key >= 'g' AND c.provider_key < 'h' ORDER BY c.provider_key LIMIT 1)
  UNION ALL
  SELECT (SELECT split_part(c.provider_key, '-', 1) COLLATE "C" FROM sandbox.charge c
    WHERE c.provider_key >= found.drop_id || '.' AND c.provider_key < 'h' ORDER BY c.provider_key LIMIT 1)
  FROM found WHERE found.drop_id IS NOT NULL
)
SELECT drop_id FROM found WHERE drop_id IS NOT NULL LIMIT $1
