-- An order as order-image.ts decodes it: the only list of its columns. TypeScript renders it for clients and
-- other services. give_up_in_ms: time until the payment is abandoned, by the database's clock.
CREATE OR REPLACE FUNCTION checkout.order_image(o checkout.orders)
RETURNS jsonb
LANGUAGE sql VOLATILE
RETURN jsonb_build_object(
  'drop_id', o.drop_id, 'order_id', o.order_id, 'customer_id', o.customer_id, 'hold_id', o.hold_id, 'fingerprint', o.fingerprint,
  'attempt', o.attempt, 'step', o.step, 'provider', o.provider, 'token', o.token, 'email', o.email, 'lines', o.lines,
  'total_minor', o.total_minor, 'currency', o.currency, 'payment_state', o.payment_state, 'reference', o.reference,
  'next_action_url', o.next_action_url, 'reason', o.reason, 'payable_until', o.payable_until, 'tries', o.tries, 'wakes', o.wakes,
  'answer_status', o.answer_status, 'answer_body', o.answer_body, 'created_at', o.created_at,
  'give_up_in_ms', floor(extract(epoch FROM o.give_up_at - clock_timestamp()) * 1000)
);
