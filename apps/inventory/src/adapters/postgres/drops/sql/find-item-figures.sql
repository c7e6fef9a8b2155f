-- Item count and price range of some drops; a drop has one currency. $1 drop ids. Rows: one for each drop
-- that has items.
SELECT drop_id, count(*)::int AS item_count, min(price_minor) AS lowest_minor, max(price_minor) AS highest_minor, min(currency) AS currency
FROM inventory.item
WHERE drop_id = ANY ($1::text[]) AND removed_at IS NULL
GROUP BY drop_id
