-- Creates the charge of a key. The unique key makes it safe to repeat, also after a cancellation, which has a
-- row of its own.
-- $1 reference, $2 provider_key, $3 order_id, $4 hold_id, $5 drop_id, $6 token, $7 state, $8 amount_minor, $9
-- currency, $10 return_path,
-- $11 settles_at or null. Rows: 1 = created, 0 = the key has one.
INSERT INTO sandbox.charge (reference, provider_key, order_id, hold_id, drop_id, token, state, amount_minor, currency, return_path, settles_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (provider_key) DO NOTHING
RETURNING reference, provider_key, order_id, state, amount_minor, currency, refunded_minor, refunds, return_path, token, is_refusal
