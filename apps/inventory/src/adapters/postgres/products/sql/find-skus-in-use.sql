-- Which of these SKUs stand in a drop of the merchant that is not closed, by the database's clock; drafts count.
-- $1 merchant_id, $2 skus, $3 rows at most. Rows: sku and one such drop.
SELECT i.sku, min(d.drop_id) AS drop_id
FROM inventory.drop d
JOIN inventory.item i ON i.drop_id = d.drop_id
WHERE d.merchant_id = $1
  AND d.state <> 'closed'
  AND inventory.drop_state_at(d.state, d.opens_at, d.closes_at, clock_timestamp()) <> 'closed'
  AND d.deleted_at IS NULL
  AND d.ghost_of IS NULL
  AND i.removed_at IS NULL
  AND i.sku = ANY ($2::text[])
GROUP BY i.sku
ORDER BY i.sku
LIMIT $3
