-- Removes orders of a ghost (the copy of a drop for a rehearsal), about p_max rows, and returns how many rows
-- went; 0: nothing is left. No role may delete an order: only this function can, for ids of ghosts alone, and never an order that a real provider was
-- asked for. Facts and webhooks go before the orders by which a ghost is found again, so that a removal that
-- was interrupted goes on. Safe beside the completer: an order that is gone is moved by nobody.
CREATE OR REPLACE FUNCTION checkout.remove_ghost(p_drop_id text, p_max integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_orders text[];
  v_customers text[];
  v_rows integer;
BEGIN
  IF p_drop_id !~ '^g[0-9a-hjkmnp-tv-z]{11}$' THEN
    RAISE EXCEPTION 'drop % is no ghost, and only orders of ghosts are removed', p_drop_id USING ERRCODE = 'invalid_parameter_value';
  END IF;
  DELETE FROM checkout.outbox o WHERE o.drop_id = p_drop_id
    AND o.id = ANY (ARRAY(SELECT f.id FROM checkout.outbox f WHERE f.drop_id = p_drop_id LIMIT p_max));
  GET DIAGNOSTICS v_rows = ROW_COUNT;
  IF v_rows > 0 THEN
    RETURN v_rows;
  END IF;
  DELETE FROM checkout.webhook_inbox w WHERE w.drop_id = p_drop_id
    AND w.event_id = ANY (ARRAY(SELECT i.event_id FROM checkout.webhook_inbox i WHERE i.drop_id = p_drop_id LIMIT p_max));
  GET DIAGNOSTICS v_rows = ROW_COUNT;
  IF v_rows > 0 THEN
    RETURN v_rows;
  END IF;
  SELECT array_agg(s.order_id), array_agg(DISTINCT s.customer_id) INTO v_orders, v_customers
  FROM (
    SELECT o.order_id, o.customer_id FROM checkout.orders o
    WHERE o.drop_id = p_drop_id AND o.provider IN ('sandbox', 'none')
    ORDER BY o.order_id LIMIT p_max FOR UPDATE
  ) s;
  DELETE FROM checkout.order_event e WHERE e.drop_id = p_drop_id AND e.order_id = ANY (v_orders);
  DELETE FROM checkout.refund r WHERE r.drop_id = p_drop_id AND r.order_id = ANY (v_orders);
  -- Keys of requests that came to no order are purged by their age.
  DELETE FROM checkout.order_key k WHERE k.customer_id = ANY (v_customers) AND k.drop_id = p_drop_id;
  DELETE FROM checkout.orders o WHERE o.drop_id = p_drop_id AND o.order_id = ANY (v_orders);
  GET DIAGNOSTICS v_rows = ROW_COUNT;
  RETURN v_rows;
END
$$;
