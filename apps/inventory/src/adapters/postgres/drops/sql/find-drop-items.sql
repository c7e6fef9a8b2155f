-- The items of some drops, in display order. $1 drop ids. Rows: any number.
SELECT drop_id, sku, name, image_url, price_minor, currency
FROM inventory.item
WHERE drop_id = ANY ($1::text[]) AND removed_at IS NULL
ORDER BY drop_id, position
