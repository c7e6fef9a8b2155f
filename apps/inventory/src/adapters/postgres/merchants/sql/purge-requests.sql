-- Forgets answers that are older than $1, and after ten minutes those to requests without a key of their own,
-- which only a lost connection repeats; a bounded number of them. Rows that another process is deleting are skipped. $2 rows at most.
-- Rows: none; the row count is the number deleted.
DELETE FROM inventory.merchant_request
WHERE (merchant_id, request_key) IN (
  SELECT merchant_id, request_key
  FROM inventory.merchant_request
  WHERE created_at < clock_timestamp() - $1::interval
    OR (fingerprint = 'none' AND created_at < clock_timestamp() - interval '10 minutes')
  ORDER BY created_at
  LIMIT $2
  FOR UPDATE SKIP LOCKED
)
