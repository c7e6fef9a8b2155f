-- Writes the merchant into orders of one drop that have none, a bounded number of them. Safe beside all other
-- statements: a drop's merchant never changes. Rows that somebody is moving are skipped and found next time.
-- $1 drop_id, $2 merchant_id, $3 rows at most. Rows: none; the row count is the number filled.
UPDATE checkout.orders SET merchant_id = $2
WHERE drop_id = $1 AND order_id IN (
  SELECT order_id FROM checkout.orders WHERE drop_id = $1 AND merchant_id IS NULL LIMIT $3
  FOR UPDATE SKIP LOCKED
)
