-- The provider's charges for a hold: authorised, captured, voided or declined. One that waits for the
-- shopper's answer is not a charge yet. Reads only. $1 hold_id.
SELECT reference, order_id, state, amount_minor, refunded_minor, refunds
FROM sandbox.charge
WHERE hold_id = $1 AND NOT is_refusal AND state IN ('authorized', 'captured', 'voided', 'declined')
ORDER BY created_at, reference
