-- Tells the stock rows of a drop that is locked what shoppers may see of them, in the transaction that changes the drop. A new version, so that
-- readers of the change stream take them. $1 drop_id, $2 stock_display. Rows: one for each SKU that had another.
UPDATE inventory.stock SET stock_display = $2, version = version + 1
WHERE drop_id = $1 AND stock_display <> $2
