-- Forgets keys that were claimed two days ago; the contract keeps them for one. Safe: a request that still comes with such a key and the hold of
-- before meets its order, which is there. Any number of purgers pass over each other's rows.
-- $1 rows at most. Rows: those removed.
DELETE FROM checkout.order_key
WHERE (customer_id, key_hash) IN (
  SELECT customer_id, key_hash FROM checkout.order_key
  WHERE claimed_at < clock_timestamp() - interval '2 days' LIMIT $1
  FOR UPDATE SKIP LOCKED
)
