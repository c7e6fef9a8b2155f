-- The merchant that owns everything the command line creates. Rows: 1, or 0 before the first seed.
SELECT merchant_id FROM inventory.merchant WHERE is_first
