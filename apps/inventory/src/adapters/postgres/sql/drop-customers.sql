-- Customers who have or had units in a drop: only they can have a hold to replay or reach a limit. Also the
-- networks, named as by `networkName`, that could reach their limit with the next place: expired holds may
-- have lowered it since the last one.
-- $1 drop_id, $2 rows at most.
(SELECT cu.customer_id FROM inventory.customer_units cu WHERE cu.drop_id = $1 LIMIT $2)
UNION ALL
(SELECT 'net_' || n.network FROM inventory.network_units n, inventory.drop d
  WHERE n.drop_id = $1 AND d.drop_id = $1 AND (n.unpaid + d.per_customer_limit > n.unit_limit OR n.wasted > 0) LIMIT $2)
