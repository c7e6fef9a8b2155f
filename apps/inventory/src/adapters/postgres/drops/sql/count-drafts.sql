-- How many drafts a merchant has, with those that it deleted within a day: their rows stay (12-merchant-drops.ts), so
-- making and deleting them without end is bounded, too. Run it after `lock-drops-on-sale.sql`.
-- $1 merchant_id, $2 count no further than this. Rows: 1.
SELECT count(*)::int AS drafts FROM (
  SELECT 1 FROM inventory.drop
  WHERE merchant_id = $1 AND state = 'draft' AND (deleted_at IS NULL OR deleted_at > clock_timestamp() - interval '1 day')
  LIMIT $2
) AS drafts
