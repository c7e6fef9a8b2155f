-- Orders of a drop by state and currency, and their money. $1 drop_id, $2 merchant_id. Rows: one for each state and currency.
SELECT o.state, o.currency, count(*) AS orders,
  coalesce(sum(o.total_minor) FILTER (WHERE o.payment_state IN ('captured', 'refunded')), 0) AS captured_minor,
  coalesce(sum(r.amount_minor) FILTER (WHERE r.state = 'done'), 0) AS refunded_minor
FROM checkout.orders o
LEFT JOIN checkout.refund r ON r.drop_id = o.drop_id AND r.order_id = o.order_id
WHERE o.drop_id = $1 AND o.merchant_id = $2
GROUP BY o.state, o.currency
