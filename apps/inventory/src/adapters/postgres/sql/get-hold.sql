-- Reads one hold of one customer. A hold past its deadline reads as expired, even if the sweeper has not
-- ended it yet.
-- $1 drop_id, $2 hold_id, $3 customer_id. Rows: 1 = found, 0 = unknown or another customer's.
SELECT inventory.hold_image(h) || CASE
  WHEN h.state = 'held' AND h.expires_at <= clock_timestamp() THEN jsonb_build_object('state', 'expired')
  ELSE '{}'
END AS hold
FROM inventory.hold h
WHERE h.drop_id = $1 AND h.hold_id = $2 AND h.customer_id = $3
