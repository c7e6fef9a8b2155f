-- Holds, orders and money of one drop, from the ledger and the sandbox provider's tables. Reads only; role
-- auditor.
-- $1 drop_id. One row. `owedMinor`: of paid orders; `keptMinor`: captured and not refunded.
SELECT
  (SELECT count(*)::int FROM inventory.hold WHERE drop_id = $1) AS holds,
  count(*) FILTER (WHERE state = 'paid')::int AS paid,
  count(*) FILTER (WHERE state IN ('pending', 'refunding'))::int AS pending,
  coalesce(sum(total_minor) FILTER (WHERE state = 'paid'), 0)::float8 AS "owedMinor",
  coalesce(sum(charge.charges), 0)::int AS charges,
  count(charge.charges)::int AS "chargedOrders",
  coalesce(sum(charge.kept_minor), 0)::float8 AS "keptMinor"
FROM checkout.orders o
LEFT JOIN (SELECT order_id, count(*) AS charges, sum(captured_minor - refunded_minor) AS kept_minor
           FROM sandbox.charge WHERE state = 'captured' AND NOT is_refusal AND refunded_minor < captured_minor
           GROUP BY order_id) charge
  ON charge.order_id = o.order_id
WHERE o.drop_id = $1
