-- What is sold in some drops, in the order shown. $1 drop ids. Rows: any number.
SELECT drop_id, sku, name, image_url, price_minor, currency
FROM inventory.item
WHERE drop_id = ANY ($1::text[])
ORDER BY drop_id, position
