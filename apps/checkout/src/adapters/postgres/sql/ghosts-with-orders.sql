-- Ids between `g` and `h` of drops that have orders: all ghosts are among them. Skips from drop to drop in the
-- primary key, so the orders of a drop cost nothing. Reads only. $1 drops at most. Rows: drop_id.
WITH RECURSIVE found (drop_id) AS (
  (SELECT o.drop_id FROM checkout.orders o WHERE o.drop_id >= 'g' AND o.drop_id < 'h' ORDER BY o.drop_id LIMIT 1)
  UNION ALL
  SELECT (SELECT o.drop_id FROM checkout.orders o WHERE o.drop_id > found.drop_id AND o.drop_id < 'h' ORDER BY o.drop_id LIMIT 1)
  FROM found WHERE found.drop_id IS NOT NULL
)
SELECT drop_id FROM found WHERE drop_id IS NOT NULL LIMIT $1
