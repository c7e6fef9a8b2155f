-- Refuses an unknown key, in case its request still arrives. Safe by the unique key: the first insert wins.
-- $1 reference, $2 provider_key. Rows: 1 = refused, 0 = the key has a charge.
INSERT INTO sandbox.charge (reference, provider_key, token, state, amount_minor, currency, is_refusal)
VALUES ($1, $2, '', 'voided', 0, '', true)
ON CONFLICT (provider_key) DO NOTHING
RETURNING reference, provider_key, order_id, state, amount_minor, currency, refunded_minor, refunds, return_path, token, is_refusal
