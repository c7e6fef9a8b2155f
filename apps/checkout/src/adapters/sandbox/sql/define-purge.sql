-- Deletes old charges that moved no money, and old webhooks. Captured charges are kept as long as their
-- orders, which are compared with them. No role may delete a charge; only this function can, and it excludes
-- captured ones.
-- Charges: a hold lives for a day at most and its payment for an hour, so after thirty days no request for
-- the key can arrive. Webhooks: a shop that has not answered for a week has queried the charge itself.
CREATE OR REPLACE FUNCTION sandbox.purge(p_max integer)
RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_charges integer;
  v_webhooks integer;
BEGIN
  DELETE FROM sandbox.charge WHERE reference IN (
    SELECT c.reference FROM sandbox.charge c
    WHERE c.created_at < clock_timestamp() - interval '30 days' AND c.updated_at < clock_timestamp() - interval '30 days'
      AND c.state IN ('voided', 'declined') AND c.captured_minor = 0
    LIMIT p_max FOR UPDATE SKIP LOCKED
  );
  GET DIAGNOSTICS v_charges = ROW_COUNT;
  DELETE FROM sandbox.webhook WHERE event_id IN (
    SELECT w.event_id FROM sandbox.webhook w WHERE w.created_at < clock_timestamp() - interval '7 days'
    LIMIT p_max FOR UPDATE SKIP LOCKED
  );
  GET DIAGNOSTICS v_webhooks = ROW_COUNT;
  RETURN v_charges + v_webhooks;
END
$$;
