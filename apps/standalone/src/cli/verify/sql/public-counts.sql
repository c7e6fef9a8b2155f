-- The counts of every SKU that shoppers can see; drafts are shown to nobody. Reads only; role auditor. Rows: one a SKU of a drop.
SELECT s.drop_id, s.sku, s.available, s.held, s.sold, s.total, s.epoch, s.version
FROM inventory.stock s
JOIN inventory.drop d ON d.drop_id = s.drop_id
WHERE d.state <> 'draft'
