-- Customers who have or had units in a drop: only they can have a hold to replay or a limit to reach. And networks that could be at their
-- limit with the next place, by the names of `networkName`: what has expired may have made that limit smaller than the one of the last place.
-- $1 drop_id, $2 at most so many.
(SELECT cu.customer_id FROM inventory.customer_units cu WHERE cu.drop_id = $1 LIMIT $2)
UNION ALL
(SELECT 'net_' || n.network FROM inventory.network_units n, inventory.drop d
  WHERE n.drop_id = $1 AND d.drop_id = $1 AND (n.unpaid + d.per_customer_limit > n.unit_limit OR n.wasted > 0) LIMIT $2)
