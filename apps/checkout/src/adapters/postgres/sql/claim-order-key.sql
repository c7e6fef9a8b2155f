-- Takes a customer's key for the drop of the order that is about to begin. Written before the order, in a commit of its own: after a crash in
-- between the same request finds its own claim. Safe by the primary key: of two drops that claim at once one gets a row.
-- $1 customer_id, $2 SHA-256 of the key, $3 drop_id. Rows: 1 = claimed now, 0 = it was claimed before.
INSERT INTO checkout.order_key (customer_id, key_hash, drop_id) VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING
RETURNING drop_id
