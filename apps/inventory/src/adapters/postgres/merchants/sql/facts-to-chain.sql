-- Facts of all merchants that stand in no chain yet, in order. Those whose transactions are still open are not seen; they are taken when they are.
-- $1 rows at most, and no more when they have half a million characters; one at least. Rows: one for each.
SELECT merchant_id, fact_id::float8 AS fact_id, at, actor, action, target, change, request_id, address
FROM (
  SELECT page.*, sum(length(change::text)) OVER (ORDER BY fact_id) - length(change::text) AS before
  FROM (
    SELECT *
    FROM inventory.audit_outbox WHERE chained_at IS NULL ORDER BY fact_id LIMIT $1
  ) page
) sized
WHERE before < 524288
ORDER BY sized.fact_id
