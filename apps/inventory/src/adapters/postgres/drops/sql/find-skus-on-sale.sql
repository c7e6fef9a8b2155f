-- Which of these SKUs the merchant already sells in a drop that is scheduled, open or paused.
-- Used only for a warning before another drop is created. Scans the drops that are not closed.
-- $1 SKUs, $2 merchant_id. Rows: sku, one such drop, and how many there are.
SELECT i.sku, min(d.drop_id) AS drop_id, count(*)::int AS drops
FROM inventory.drop d
JOIN inventory.item i ON i.drop_id = d.drop_id
WHERE d.state IN ('scheduled', 'open', 'paused')
  AND inventory.drop_state_at(d.state, d.opens_at, d.closes_at, clock_timestamp()) <> 'closed'
  AND d.merchant_id = $2
  AND d.ghost_of IS NULL
  AND i.sku = ANY ($1::text[])
  AND i.removed_at IS NULL
GROUP BY i.sku
