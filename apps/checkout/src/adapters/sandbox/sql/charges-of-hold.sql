-- The provider's own record about a hold: what was set aside, taken, let go or declined. What still waits for somebody's word is no charge yet.
-- Reads only. $1 hold_id.
SELECT reference, order_id, state, amount_minor, refunded_minor, refunds
FROM sandbox.charge
WHERE hold_id = $1 AND NOT is_refusal AND state IN ('authorized', 'captured', 'voided', 'declined')
ORDER BY created_at, reference
