-- The charge of a bank page. Reads only.
-- $1 reference. Rows: 1, or 0 = no charge with a challenge.
SELECT reference, provider_key, order_id, state, amount_minor, currency, refunded_minor, refunds, return_path, token, is_refusal FROM sandbox.charge WHERE reference = $1 AND token = 'tok_3ds' AND NOT is_refusal
