-- The counts of some drops, summed over all items. $1 drop ids. Rows: one for each that has stock.
SELECT drop_id, sum(available)::bigint AS available, sum(held)::bigint AS held, sum(sold)::bigint AS sold, sum(total)::bigint AS total
FROM inventory.stock
WHERE drop_id = ANY ($1::text[])
GROUP BY drop_id
