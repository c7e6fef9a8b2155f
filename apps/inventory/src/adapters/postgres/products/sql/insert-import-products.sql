-- Creates the products of a part of an import. Raises unique_violation if a handle is taken. $1 merchant_id, $2 import_id, $3 part. Rows: none.
INSERT INTO inventory.product (merchant_id, product_id, handle, name, description, image_urls)
SELECT $1, it.id, it.handle, it.name, it.description, ARRAY(SELECT jsonb_array_elements_text(it."imageUrls"))
FROM inventory.product_import p
CROSS JOIN LATERAL jsonb_to_recordset(p.products) AS it (id text, handle text, name text, description text, "imageUrls" jsonb)
WHERE p.merchant_id = $1 AND p.import_id = $2 AND p.part = $3
