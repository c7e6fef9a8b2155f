-- The last record of a merchant's chain, and the time. $1 merchant_id. Rows: 1; seq and hash are null when there is no record.
SELECT head.seq::float8 AS seq, head.hash, clock_timestamp()::timestamptz(3) AS now
FROM (VALUES (1)) AS always (one)
LEFT JOIN LATERAL (
  SELECT seq, hash FROM accounts.audit_record WHERE merchant_id = $1 ORDER BY seq DESC LIMIT 1
) head ON true
