-- Makes the first merchant, or changes nothing when there is one: the partial unique index decides between two processes that start at once.
-- $1 merchant_id, $2 name. Rows: 1 = made, 0 = there already.
INSERT INTO inventory.merchant (merchant_id, name, is_first)
VALUES ($1, $2, true)
ON CONFLICT (is_first) WHERE is_first DO NOTHING
RETURNING merchant_id
