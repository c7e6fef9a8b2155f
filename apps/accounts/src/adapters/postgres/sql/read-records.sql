-- A part of a merchant's chain for an export: at most $4 rows, and no more when they have $5 characters; one at least.
-- $1 merchant_id, $2 number of the record before the part, $3 number of the last record of the export. Rows: one for each, in order.
SELECT seq::float8 AS seq, record, hash
FROM (
  SELECT seq, record, hash, sum(length(record)) OVER (ORDER BY seq) - length(record) AS before
  FROM (
    SELECT seq, record, hash FROM accounts.audit_record WHERE merchant_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4
  ) page
) sized
WHERE before < $5
ORDER BY seq
