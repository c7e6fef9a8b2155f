-- The counts of every SKU of one drop, and what its shoppers see of them; also of a ghost, which is no public
-- drop. Reads only; role auditor.
-- $1 drop_id. Rows: one for each SKU of the drop.
SELECT s.drop_id, s.sku, s.available, s.held, s.sold, s.total, s.epoch, s.stock_display,
  CASE WHEN s.stock_display = 'exact' THEN s.version ELSE s.shown_version END AS version
FROM inventory.stock s
JOIN inventory.item i ON i.drop_id = s.drop_id AND i.sku = s.sku
WHERE s.drop_id = $1 AND i.removed_at IS NULL
