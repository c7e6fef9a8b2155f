-- Changes of a merchant's drop, in the order of time and number, by the index audit_outbox_of_target. Numbers are
-- padded, so that texts are in their order, as bytes: the database's own order may have LAST_ID before digits.
-- $1 drop_id, $2 merchant_id, $3 at and $4 padded number of the last row seen, $5 horizon, $6 actions, $7 rows at most.
SELECT f.action AS kind, inventory.precise(f.at) AS at, lpad(f.fact_id::text, 16, '0') AS id, 0 AS n,
  NULL::text AS customer_id, NULL::text AS sku, NULL::integer AS quantity, NULL::text AS reason, f.actor, NULL::integer AS scanned
FROM inventory.audit_outbox f
WHERE f.merchant_id = $2 AND f.target ->> 'id' = $1 AND f.action = ANY ($6::text[])
  AND f.at >= $3::timestamptz AND f.at < $5::timestamptz
  AND (f.at, lpad(f.fact_id::text, 16, '0') COLLATE "C") > ($3::timestamptz, $4 COLLATE "C")
  AND EXISTS (SELECT FROM inventory.drop d WHERE d.drop_id = $1 AND d.merchant_id = $2 AND d.deleted_at IS NULL AND d.ghost_of IS NULL)
ORDER BY f.at, f.fact_id
LIMIT $7
