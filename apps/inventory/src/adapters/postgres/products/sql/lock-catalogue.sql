-- Lets one change of a merchant's catalogue follow the other: changes that take SKUs from each other cannot deadlock. References to the
-- merchant, as from a new drop, do not wait for it. $1 merchant_id. Rows: 1.
SELECT merchant_id FROM inventory.merchant WHERE merchant_id = $1 FOR NO KEY UPDATE
