-- Which of these drops exist, including drafts and closed ones. $1 drop ids. Rows: drop_id, one for each that
-- exists.
SELECT drop_id FROM inventory.drop WHERE drop_id = ANY ($1::text[])
