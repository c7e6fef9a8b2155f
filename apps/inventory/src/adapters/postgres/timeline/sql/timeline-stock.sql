-- Stock adjustments of a merchant's drop, in the order of time and id, by the index movement_adjusted.
-- $1 drop_id, $2 merchant_id, $3 at and $4 movement_id of the last row seen, $5 horizon, $6 rows at most.
SELECT 'stock.adjusted' AS kind, inventory.precise(m.created_at) AS at, m.movement_id AS id, 0 AS n,
  NULL::text AS customer_id, m.sku, m.delta::integer AS quantity, m.reason,
  coalesce(m.made_by, jsonb_build_object('kind', 'operator', 'id', 'cli', 'label', m.actor)) AS actor, NULL::integer AS scanned
FROM inventory.movement m
WHERE m.drop_id = $1 AND m.movement_id <> 'initial' AND m.movement_id NOT LIKE 'items-%'
  AND (m.created_at, m.movement_id) > ($3::timestamptz, $4) AND m.created_at < $5::timestamptz
  AND EXISTS (SELECT FROM inventory.drop d WHERE d.drop_id = $1 AND d.merchant_id = $2 AND d.deleted_at IS NULL AND d.ghost_of IS NULL)
ORDER BY m.created_at, m.movement_id
LIMIT $6
