-- The ids of a merchant's orders whose id, e-mail address or customer begins with a text, newest first.
-- Runs with the rights of the tables' owner: to the merchants' role row-level security would offer no index by
-- e-mail address, because lower() is not leakproof. So it has the rule of the policy itself: the merchant is
-- that of the transaction (asMerchant), without one it finds nothing, and it tells ids alone.
-- A beginning is a range in the order of bytes, so no character of it is a pattern. Each of the three stops at
-- the rows of a page by itself, and is planned for its values: few matches are sorted, many are met soon on
-- the way through the orders by time, and none of them is sorted then.
CREATE OR REPLACE FUNCTION checkout.find_orders(
  -- Null: in all drops, in every state.
  p_drop_id text, p_state text,
  -- The last row seen.
  p_created_at timestamptz, p_order_id text, p_limit integer,
  -- The text in lower case and the end of its range; first and last drop_id of orders whose id begins with it.
  p_from text, p_to text, p_drop_from text, p_drop_to text
)
RETURNS TABLE (drop_id text, order_id text, created_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
  v_merchant_id text := current_setting('checkout.merchant_id', true);
BEGIN
  RETURN QUERY
  SELECT found.drop_id, found.order_id, found.created_at::timestamptz FROM (
    (SELECT o.drop_id, o.order_id, o.created_at FROM checkout.orders o
     WHERE o.merchant_id = v_merchant_id AND lower(o.email COLLATE "C") >= p_from AND lower(o.email COLLATE "C") < p_to
       AND (p_drop_id IS NULL OR o.drop_id = p_drop_id) AND (p_state IS NULL OR o.state = p_state)
       AND (o.created_at, o.order_id) < (p_created_at, p_order_id)
     ORDER BY o.created_at DESC, o.order_id DESC LIMIT p_limit)
    UNION
    (SELECT o.drop_id, o.order_id, o.created_at FROM checkout.orders o
     WHERE o.merchant_id = v_merchant_id AND o.customer_id >= p_from AND o.customer_id < p_to
       AND (p_drop_id IS NULL OR o.drop_id = p_drop_id) AND (p_state IS NULL OR o.state = p_state)
       AND (o.created_at, o.order_id) < (p_created_at, p_order_id)
     ORDER BY o.created_at DESC, o.order_id DESC LIMIT p_limit)
    UNION
    (SELECT o.drop_id, o.order_id, o.created_at FROM checkout.orders o
     WHERE o.merchant_id = v_merchant_id AND o.drop_id BETWEEN p_drop_from AND p_drop_to AND o.order_id >= p_from AND o.order_id < p_to
       AND (p_drop_id IS NULL OR o.drop_id = p_drop_id) AND (p_state IS NULL OR o.state = p_state)
       AND (o.created_at, o.order_id) < (p_created_at, p_order_id)
     ORDER BY o.created_at DESC, o.order_id DESC LIMIT p_limit)
  ) found
  ORDER BY found.created_at DESC, found.order_id DESC
  LIMIT p_limit;
END
$$;
