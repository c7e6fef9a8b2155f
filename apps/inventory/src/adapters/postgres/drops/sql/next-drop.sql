-- The next drop in the order of ids, for work that goes round over all drops. Reads only.
-- $1 the last one seen ('' at first). Rows: drop_id, 0 = no more.
SELECT drop_id FROM inventory.drop WHERE drop_id > $1 ORDER BY drop_id LIMIT 1
