-- The current counts of some SKUs of some drops. $1 drop ids and $2 SKUs, in pairs. Rows: one for each pair that exists.
SELECT s.drop_id, s.sku, s.total, s.available, s.held, s.sold, s.epoch, s.version, s.stock_display, s.shown_version, s.shown_at,
  clock_timestamp() AS as_of
FROM unnest($1::text[], $2::text[]) AS wanted (drop_id, sku)
JOIN inventory.stock s ON s.drop_id = wanted.drop_id AND s.sku = wanted.sku
