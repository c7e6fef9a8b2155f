-- Total units of each SKU of a drop, and units in its held or confirmed holds. Reads only; role auditor.
-- $1 drop_id. Rows: one for each SKU.
SELECT s.sku, s.total, coalesce(sum(l.quantity), 0) AS given
FROM inventory.stock s
LEFT JOIN (inventory.hold h CROSS JOIN LATERAL unnest(h.skus, h.quantities) AS l(sku, quantity))
  ON h.drop_id = s.drop_id AND h.state IN ('held', 'confirmed') AND l.sku = s.sku
WHERE s.drop_id = $1
GROUP BY s.sku, s.total
