-- The counts of every SKU on sale in every drop that is not a draft and no ghost, and what shoppers see of them. A SKU that was taken out of its drop keeps
-- a row of stock, and nobody is shown it. Reads only; role auditor. Rows: one for each SKU of a drop.
SELECT s.drop_id, s.sku, s.available, s.held, s.sold, s.total, s.epoch, s.stock_display,
  CASE WHEN s.stock_display = 'exact' THEN s.version ELSE s.shown_version END AS version
FROM inventory.stock s
JOIN inventory.drop d ON d.drop_id = s.drop_id
JOIN inventory.item i ON i.drop_id = s.drop_id AND i.sku = s.sku
WHERE d.state <> 'draft' AND d.ghost_of IS NULL AND i.removed_at IS NULL
