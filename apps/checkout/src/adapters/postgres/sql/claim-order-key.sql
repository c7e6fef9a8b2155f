-- Claims a customer's key for the drop of a new order. Committed before the order: after a crash in between,
-- a retry finds its own claim. Safe by the primary key: of two concurrent claims one gets a row.
-- $1 customer_id, $2 SHA-256 of the key, $3 drop_id. Rows: 1 = claimed, 0 = claimed before.
INSERT INTO checkout.order_key (customer_id, key_hash, drop_id) VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING
RETURNING drop_id
