-- Removes charges of a ghost's orders, about p_max rows, and returns how many rows went; 0: nothing is left.
-- Charges have keys of their own, which begin with the id of the order; that of a ghost's order begins with the
-- ghost's. Captured ones go, too: only those of ghosts, whose orders are removed after them. Webhooks that are
-- still to be delivered have nobody to tell; the others are purged by their age.
CREATE OR REPLACE FUNCTION sandbox.remove_ghost(p_drop_id text, p_max integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_charges text[];
BEGIN
  IF p_drop_id !~ '^g[0-9a-hjkmnp-tv-z]{11}$' THEN
    RAISE EXCEPTION 'drop % is no ghost, and only charges of ghosts are removed', p_drop_id USING ERRCODE = 'invalid_parameter_value';
  END IF;
  v_charges := ARRAY(
    SELECT c.reference FROM sandbox.charge c
    WHERE c.provider_key >= p_drop_id || '-' AND c.provider_key < p_drop_id || '.'
    ORDER BY c.provider_key LIMIT p_max
  );
  IF cardinality(v_charges) = 0 THEN
    DELETE FROM sandbox.webhook w
    WHERE w.delivered_at IS NULL AND w.next_try_at IS NOT NULL AND position('"' || p_drop_id || '-o' IN w.body) > 0;
    RETURN 0;
  END IF;
  DELETE FROM sandbox.refund r WHERE r.reference = ANY (v_charges);
  DELETE FROM sandbox.charge c WHERE c.reference = ANY (v_charges);
  RETURN cardinality(v_charges);
END
$$;
