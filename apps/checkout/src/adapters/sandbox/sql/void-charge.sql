-- Voids a charge that has captured nothing yet. Safe against a concurrent approval: one of the two finds the
-- state changed.
-- $1 provider_key. Rows: 1 = voided now, 0 = nothing to void.
UPDATE sandbox.charge SET state = 'voided', updated_at = clock_timestamp()
WHERE provider_key = $1 AND state IN ('authorized', 'requires-action')
RETURNING reference, provider_key, order_id, state, amount_minor, currency, refunded_minor, refunds, return_path, token, is_refusal
