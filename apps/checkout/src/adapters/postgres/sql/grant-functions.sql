-- Who may call the functions of checkout and of the sandbox. Applied after them, with every other right to a
-- function revoked.
GRANT EXECUTE ON FUNCTION checkout.order_image TO holdfast_checkout;
GRANT EXECUTE ON FUNCTION sandbox.purge TO holdfast_sandbox;
