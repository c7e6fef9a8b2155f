-- The state of a charge. Reads only.
-- $1 provider_key. Rows: 1, or 0 = never seen.
SELECT reference, provider_key, order_id, state, amount_minor, currency, refunded_minor, refunds, return_path, token, is_refusal FROM sandbox.charge WHERE provider_key = $1
