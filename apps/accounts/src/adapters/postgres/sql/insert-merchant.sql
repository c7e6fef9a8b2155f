-- A merchant, or nothing when it is there: of two processes that start at once one inserts. $1 merchant_id, $2 name. Rows: 1 = inserted, 0 = there already.
INSERT INTO accounts.merchant (merchant_id, name) VALUES ($1, $2)
ON CONFLICT (merchant_id) DO NOTHING
RETURNING merchant_id
