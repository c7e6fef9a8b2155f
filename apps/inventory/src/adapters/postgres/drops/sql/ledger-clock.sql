-- The database's clock. Rows: 1.
SELECT clock_timestamp() AS now
