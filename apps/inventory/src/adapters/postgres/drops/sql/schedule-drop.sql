-- Gives a drop that is locked its times, and makes it a scheduled one. $1 drop_id, $2 merchant_id, $3 opens_at, $4 closes_at. Rows: 1.
UPDATE inventory.drop SET state = 'scheduled', opens_at = $3, closes_at = $4, revision = revision + 1
WHERE drop_id = $1 AND merchant_id = $2 AND state IN ('draft', 'scheduled')
