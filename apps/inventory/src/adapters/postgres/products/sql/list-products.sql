-- One page of a merchant's products, newest first. A page ends early where its texts and SKUs have more than $5 characters, and has one product at least.
-- $1 merchant_id, $2 created_at and $3 product_id of the last one seen (null: first page), $4 rows at most, $5 characters at most.
-- Rows: the products, with the position at the last one in full precision, for the next cursor.
WITH page AS (
  SELECT
    product_id, handle, name, description, image_urls, revision, created_at, updated_at,
    length(description) + length(array_to_string(image_urls, ''))
      + 500 * (SELECT count(*) FROM inventory.product_sku s WHERE s.merchant_id = $1 AND s.product_id = p.product_id) AS size
  FROM inventory.product p
  WHERE merchant_id = $1
    AND ($2::timestamptz IS NULL OR (created_at <= $2 AND (created_at < $2 OR product_id > $3)))
  ORDER BY created_at DESC, product_id
  LIMIT $4
),
measured AS (
  SELECT *, sum(size) OVER listed AS size_so_far, row_number() OVER listed AS place
  FROM page
  WINDOW listed AS (ORDER BY created_at DESC, product_id)
)
SELECT
  product_id, handle, name, description, image_urls, revision, created_at, updated_at,
  to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS listed_at,
  (SELECT count(*)::int FROM page) AS found
FROM measured
WHERE size_so_far <= $5 OR place = 1
ORDER BY place
