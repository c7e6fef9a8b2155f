-- Who may call the functions of checkout and of the sandbox. Applied after them, with every other right to a
-- function revoked.
GRANT EXECUTE ON FUNCTION checkout.order_image TO holdfast_checkout, holdfast_checkout_merchant;
-- It sees all orders and has the rule of the merchants' policy itself.
GRANT EXECUTE ON FUNCTION checkout.find_orders TO holdfast_checkout_merchant;
-- Events of orders: written in the role that moves an order, read in that of merchants.
GRANT EXECUTE ON FUNCTION checkout.precise, checkout.event_lock, checkout.note_order_event, checkout.timeline_horizon
  TO holdfast_checkout, holdfast_checkout_merchant;
GRANT EXECUTE ON FUNCTION checkout.remove_ghost TO holdfast_checkout;
GRANT EXECUTE ON FUNCTION sandbox.purge, sandbox.remove_ghost TO holdfast_sandbox;
