-- The drop in which a customer's key is in use. Reads only.
-- $1 customer_id, $2 SHA-256 of the key. Rows: 1, or 0 = the key is free.
SELECT drop_id FROM checkout.order_key WHERE customer_id = $1 AND key_hash = $2
