-- Which of these SKUs the first merchant sells already in a drop that is scheduled, open or paused, by the state that holds now.
-- Told to an operator before another drop is made; nothing is decided by it. A list over the drops that are not closed.
-- $1 SKUs. Rows: sku, one such drop, and how many there are.
SELECT i.sku, min(d.drop_id) AS drop_id, count(*)::int AS drops
FROM inventory.drop d
JOIN inventory.item i ON i.drop_id = d.drop_id
WHERE d.state IN ('scheduled', 'open', 'paused')
  AND (d.closes_at IS NULL OR d.closes_at > clock_timestamp())
  AND d.merchant_id = (SELECT merchant_id FROM inventory.merchant WHERE is_first)
  AND i.sku = ANY ($1::text[])
GROUP BY i.sku
