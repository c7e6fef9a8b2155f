-- The next drop by id, for work that iterates over all drops. Reads only.
-- $1 last drop_id seen ('' to start). Rows: drop_id, 0 = no more.
SELECT drop_id FROM inventory.drop WHERE drop_id > $1 ORDER BY drop_id LIMIT 1
