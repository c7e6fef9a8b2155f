-- Bounds the bytes that answers to one merchant's requests take: those beyond the newest $2 bytes are dropped, and read
-- anew from their target if they are asked for. Their rows stay, so that nothing is done twice.
-- Sizes are those stored: nothing is decompressed. Rows that another transaction is changing are left to the next one.
-- $1 merchant_id, $2 bytes. Rows: none; the row count is the number dropped.
WITH sized AS (
  SELECT request_key, sum(pg_column_size(answer)) OVER (ORDER BY created_at DESC, request_key) AS kept
  FROM inventory.merchant_request
  WHERE merchant_id = $1 AND target IS NOT NULL AND answer IS NOT NULL
), over AS MATERIALIZED (
  SELECT r.request_key FROM inventory.merchant_request r JOIN sized s ON s.request_key = r.request_key
  WHERE r.merchant_id = $1 AND s.kept > $2
  ORDER BY r.request_key
  FOR UPDATE OF r SKIP LOCKED
)
UPDATE inventory.merchant_request r SET answer = NULL FROM over
WHERE r.merchant_id = $1 AND r.request_key = over.request_key
