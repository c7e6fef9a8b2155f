-- A page of a merchant's chain, oldest first: at most $3 rows, and no more when they have $6 bytes; one at least.
-- $1 merchant_id, $2 number of the record before the page, $4 action or null, $5 id of the target or null.
-- Rows: one for each, and how many there are of $3.
SELECT seq::float8 AS seq, record, hash, found::integer AS found
FROM (
  SELECT seq, record, hash, count(*) OVER () AS found,
    sum(octet_length(record)) OVER (ORDER BY seq) - octet_length(record) AS before
  FROM (
    SELECT seq, record, hash FROM accounts.audit_record
    WHERE merchant_id = $1 AND seq > $2 AND ($4::text IS NULL OR action = $4) AND ($5::text IS NULL OR target_id = $5)
    ORDER BY seq LIMIT $3
  ) page
) sized
WHERE before < $6
ORDER BY seq
