-- The facts of a merchant that stand in no chain yet, in order. Facts whose transactions are still open are not seen; they are taken when they are.
-- $1 merchant_id, $2 rows at most, and no more when they have half a million characters; one at least. Rows: one for each.
SELECT fact_id::float8 AS fact_id, at, actor, action, target, change, request_id, address
FROM (
  SELECT page.*, sum(length(change::text)) OVER (ORDER BY fact_id) - length(change::text) AS before
  FROM (
    SELECT *
    FROM accounts.audit_outbox WHERE merchant_id = $1 AND chained_at IS NULL ORDER BY fact_id LIMIT $2
  ) page
) sized
WHERE before < 524288
ORDER BY sized.fact_id
