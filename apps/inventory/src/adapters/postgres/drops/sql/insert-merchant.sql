-- A merchant that accounts knows, or nothing when it is there. $1 merchant_id, $2 name. Rows: 1 = inserted, 0 = there already.
INSERT INTO inventory.merchant (merchant_id, name) VALUES ($1, $2)
ON CONFLICT (merchant_id) DO NOTHING
RETURNING merchant_id
