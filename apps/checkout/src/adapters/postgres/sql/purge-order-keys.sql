-- Deletes keys that were claimed two days ago; the contract keeps them for one. Safe: a late request with
-- such a key and the same hold still finds its order. Concurrent purges skip each other's rows.
-- $1 rows at most. Rows: those deleted.
DELETE FROM checkout.order_key
WHERE (customer_id, key_hash) IN (
  SELECT customer_id, key_hash FROM checkout.order_key
  WHERE claimed_at < clock_timestamp() - interval '2 days' LIMIT $1
  FOR UPDATE SKIP LOCKED
)
