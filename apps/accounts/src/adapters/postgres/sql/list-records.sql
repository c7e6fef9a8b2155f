-- A page of a merchant's chain, oldest first. $1 merchant_id, $2 number of the record before the page, $3 rows at most, $4 action or null,
-- $5 id of the target or null. Rows: one for each.
SELECT seq::float8 AS seq, record, hash FROM accounts.audit_record
WHERE merchant_id = $1 AND seq > $2 AND ($4::text IS NULL OR action = $4) AND ($5::text IS NULL OR target_id = $5)
ORDER BY seq LIMIT $3
