-- Creates the first merchant, or changes nothing if there is one. A partial unique index decides between
-- processes that start concurrently.
-- $1 merchant_id, $2 name. Rows: 1 = created, 0 = exists already.
INSERT INTO inventory.merchant (merchant_id, name, is_first)
VALUES ($1, $2, true)
ON CONFLICT (is_first) WHERE is_first DO NOTHING
RETURNING merchant_id
