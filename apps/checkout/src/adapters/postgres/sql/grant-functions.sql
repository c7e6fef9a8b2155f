-- Who may call the functions of checkout and of the sandbox. Applied after them, with every other right to a
-- function revoked.
GRANT EXECUTE ON FUNCTION checkout.order_image TO holdfast_checkout, holdfast_checkout_merchant;
GRANT EXECUTE ON FUNCTION sandbox.purge TO holdfast_sandbox;
