-- Customers who have or had units in a drop: only they can have a hold to replay or a limit to reach.
-- $1 drop_id, $2 at most so many.
SELECT cu.customer_id FROM inventory.customer_units cu WHERE cu.drop_id = $1 LIMIT $2
