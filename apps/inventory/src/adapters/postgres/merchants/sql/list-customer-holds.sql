-- One page of the holds of a customer in a merchant's drop, in the order of their ids: the live ones by the index
-- hold_customer, the ended ones by hold_ended_of_customer, whose predicates are repeated here. Each hold is in one of
-- them. Reads only. A hold past its deadline by the database's clock counts and is shown as expired.
-- $1 drop_id, $2 merchant_id, $3 state or null, $4 customer_id, $5 hold_id of the last one seen ('': first page),
-- $6 rows at most. Rows: hold.
WITH own AS (
  (
    SELECT h.hold_id FROM inventory.hold h
    WHERE h.customer_id = $4 AND coalesce(h.ended_at, 'infinity') = 'infinity' AND h.drop_id = $1 AND h.hold_id > $5
      AND ($3::text IS NULL OR $3 = CASE WHEN h.expires_at <= clock_timestamp() THEN 'expired' ELSE h.state END)
    ORDER BY h.hold_id LIMIT $6
  )
  UNION ALL
  (
    SELECT h.hold_id FROM inventory.hold h
    WHERE h.drop_id = $1 AND h.customer_id = $4 AND coalesce(h.ended_at, 'epoch') > 'epoch' AND h.hold_id > $5
      AND ($3::text IS NULL OR h.state = $3)
    ORDER BY h.hold_id LIMIT $6
  )
)
SELECT inventory.hold_image(h) || jsonb_build_object('state',
  CASE WHEN h.state = 'held' AND h.expires_at <= clock_timestamp() THEN 'expired' ELSE h.state END) AS hold
FROM (SELECT hold_id FROM own ORDER BY hold_id LIMIT $6) page
JOIN inventory.hold h ON h.drop_id = $1 AND h.hold_id = page.hold_id
WHERE EXISTS (SELECT FROM inventory.drop d WHERE d.drop_id = $1 AND d.merchant_id = $2 AND d.deleted_at IS NULL)
ORDER BY h.hold_id
