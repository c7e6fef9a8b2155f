-- Creates products or updates those with the same handle.
-- The rows are sorted by handle, so that concurrent imports lock them in the same order and cannot deadlock.
-- $1 merchant_id, $2 product ids for those that are new, $3 handles (each once), $4 names, $5 descriptions,
-- $6 image urls as JSON arrays.
-- Rows: handle and product_id of each.
INSERT INTO inventory.product (merchant_id, product_id, handle, name, description, image_urls)
SELECT $1, product_id, handle, name, description, ARRAY(SELECT jsonb_array_elements_text(image_urls::jsonb))
FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) AS it (product_id, handle, name, description, image_urls)
ON CONFLICT (merchant_id, handle) DO UPDATE SET
  name = excluded.name,
  description = excluded.description,
  image_urls = excluded.image_urls,
  revision = product.revision + 1,
  updated_at = now()
RETURNING handle, product_id
