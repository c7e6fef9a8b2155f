-- One page of the holds of a merchant's drop, in the order of their ids: that of the primary key, because an
-- index by time would slow down every hold. Reads only. A hold past its deadline by the database's clock
-- counts and is shown as expired, even if the sweeper has not ended it yet.
-- $1 drop_id, $2 merchant_id, $3 state or null, $4 hold_id of the last one seen ('': first page), $5 rows at most.
-- Rows: hold.
SELECT inventory.hold_image(h) || jsonb_build_object('state', shown.state) AS hold
FROM inventory.hold h
CROSS JOIN LATERAL (
  SELECT CASE WHEN h.state = 'held' AND h.expires_at <= clock_timestamp() THEN 'expired' ELSE h.state END AS state
) shown
WHERE h.drop_id = $1 AND h.hold_id > $4
  AND ($3::text IS NULL OR shown.state = $3)
  AND EXISTS (SELECT FROM inventory.drop d WHERE d.drop_id = $1 AND d.merchant_id = $2 AND d.deleted_at IS NULL AND d.ghost_of IS NULL)
ORDER BY h.hold_id
LIMIT $5
