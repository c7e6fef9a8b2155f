-- Forgets imports of all merchants that were given up more than an hour ago. Rows: none.
DELETE FROM inventory.product_import WHERE created_at < clock_timestamp() - interval '1 hour'
