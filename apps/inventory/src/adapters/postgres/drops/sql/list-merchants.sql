-- All merchants, the first one first. Rows: one for each.
SELECT merchant_id, name, is_first FROM inventory.merchant
ORDER BY is_first DESC, created_at, merchant_id
