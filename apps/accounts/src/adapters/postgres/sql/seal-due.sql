-- Whether a merchant's chain needs a checkpoint, asked again under the lock of the chain. $1 merchant_id, $2 seconds after a change, $3 seconds
-- without one. Rows: 1 or 0.
SELECT merchant_id FROM accounts.merchants_to_seal($2, $3, $1) AS merchant_id
