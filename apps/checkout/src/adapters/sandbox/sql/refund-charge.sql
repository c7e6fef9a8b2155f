-- Refunds a captured charge in full. The refund's key makes it safe to repeat; a second refund under another
-- key violates refunded_at_most_once.
-- $1 provider_key, $2 refund_key. Rows: 1 = refunded now, 0 = done before, or nothing was captured.
WITH made AS (
  INSERT INTO sandbox.refund (refund_key, reference, amount_minor)
  SELECT $2, reference, captured_minor FROM sandbox.charge WHERE provider_key = $1 AND state = 'captured'
  ON CONFLICT (refund_key) DO NOTHING
  RETURNING reference, amount_minor
)
UPDATE sandbox.charge c SET refunded_minor = c.refunded_minor + m.amount_minor, refunds = c.refunds + 1, updated_at = clock_timestamp()
FROM made m
WHERE c.reference = m.reference
RETURNING c.*
