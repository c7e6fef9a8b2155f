-- Tells the stock rows of a drop that is locked what shoppers may see of them, in the transaction that changes the drop. A new version, so that
-- readers of the change stream take them. What shoppers see gets its version here and not in the trigger show_stock, which would take as long again
-- for 20,000 rows while their lane waits. It never goes back: with the numbers they see `version`, which is never less.
-- $1 drop_id, $2 stock_display. Rows: one for each SKU that had another.
UPDATE inventory.stock SET stock_display = $2, version = version + 1,
  shown_version = CASE WHEN stock_display = 'exact' THEN version ELSE shown_version END + 1, shown_at = clock_timestamp()
WHERE drop_id = $1 AND stock_display <> $2
