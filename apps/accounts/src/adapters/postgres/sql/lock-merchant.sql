-- Whoever changes who is staff, or how many keys there are, holds the merchant's row until the commit: so two of them never judge by the same owners.
-- $1 merchant_id. Rows: 1 or 0.
SELECT merchant_id FROM accounts.merchant WHERE merchant_id = $1 FOR UPDATE
