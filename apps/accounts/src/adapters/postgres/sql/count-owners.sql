-- How many owners a merchant has besides one person. One who has not used the invitation does not stand in for one who has.
-- Safe while the merchant's row is locked (lock-merchant.sql): nobody else changes roles meanwhile. $1 merchant_id, $2 staff_id left out. Rows: 1.
SELECT count(*)::int AS owners FROM accounts.staff s
WHERE s.merchant_id = $1 AND s.role = 'owner' AND s.staff_id <> $2
  AND (s.password_hash IS NOT NULL OR NOT EXISTS (
    SELECT FROM accounts.staff it WHERE it.merchant_id = $1 AND it.staff_id = $2 AND it.password_hash IS NOT NULL))
