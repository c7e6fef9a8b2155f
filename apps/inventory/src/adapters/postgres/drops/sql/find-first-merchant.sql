-- The merchant who owns what the command line makes. No parameters. Rows: 1, or 0 before the first seed.
SELECT merchant_id FROM inventory.merchant WHERE is_first
