-- What of an import the catalogue has already: SKUs, and handles of products. $1 merchant_id, $2 import_id, $3 rows at most.
-- Rows: line of the file, what it is and its text.
SELECT it.line, 'sku' AS what, it.sku AS text
FROM inventory.product_import p
CROSS JOIN LATERAL jsonb_to_recordset(p.skus) AS it (sku text, line integer)
JOIN inventory.product_sku s ON s.merchant_id = $1 AND s.sku = it.sku
WHERE p.merchant_id = $1 AND p.import_id = $2
UNION ALL
SELECT it.line, 'handle', it.handle
FROM inventory.product_import p
CROSS JOIN LATERAL jsonb_to_recordset(p.products) AS it (handle text, line integer)
JOIN inventory.product known ON known.merchant_id = $1 AND known.handle = it.handle
WHERE p.merchant_id = $1 AND p.import_id = $2
ORDER BY line, what DESC
LIMIT $3
