-- Captures an authorised charge. Safe to repeat: only an authorised charge is captured.
-- $1 provider_key. Rows: 1 = captured now, 0 = not authorised.
UPDATE sandbox.charge SET state = 'captured', captured_minor = amount_minor, updated_at = clock_timestamp()
WHERE provider_key = $1 AND state = 'authorized'
RETURNING reference, provider_key, order_id, state, amount_minor, currency, refunded_minor, refunds, return_path, token, is_refusal
