-- The current counts of some drops. $1 drop ids. Rows: one for each SKU.
SELECT drop_id, sku, total, available, held, sold, epoch, version, stock_display, shown_version, shown_at, clock_timestamp() AS as_of
FROM inventory.stock
WHERE drop_id = ANY ($1::text[])
ORDER BY drop_id, sku
