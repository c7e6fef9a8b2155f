-- Releases a hold for the merchant of its drop, with the reason for the audit. One transaction.
--
-- Letters: D released · r replayed · k key-reused · n not-found · f confirmed · p payment-in-flight.
-- Released: now, or it had ended by release or expiry. Replayed: the request's key has an answer. Key reused:
-- the key was used with another body.
-- Safe for the same reasons as run_batch: the drop's row is locked first, if it is the merchant's, and the
-- hold ends by the same rules. A refusal writes nothing, so its key stays free. Only a hold that ends here by
-- this release is a fact for the audit.
CREATE OR REPLACE FUNCTION inventory.release_for_merchant(
  p_drop_id text, p_merchant_id text, p_hold_id text, p_reason text,
  -- Null: the request had no key.
  p_request_key bytea, p_fingerprint text,
  p_actor jsonb, p_request_id text, p_address text,
  -- The hold's image; of a replay, as it was answered.
  OUT code text, OUT hold jsonb
)
LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
  v_request inventory.merchant_request;
  v_hold inventory.hold;
  v_was_live boolean;
BEGIN
  PERFORM FROM inventory.drop d WHERE d.drop_id = p_drop_id AND d.merchant_id = p_merchant_id FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    code := 'n';
    RETURN;
  END IF;
  SELECT * INTO v_request FROM inventory.merchant_request q WHERE q.merchant_id = p_merchant_id AND q.request_key = p_request_key;
  IF FOUND THEN
    code := CASE WHEN v_request.fingerprint = p_fingerprint THEN 'r' ELSE 'k' END;
    hold := v_request.answer::jsonb;
    RETURN;
  END IF;
  SELECT * INTO v_hold FROM inventory.hold h WHERE h.drop_id = p_drop_id AND h.hold_id = p_hold_id;
  IF NOT FOUND THEN
    code := 'n';
    RETURN;
  END IF;
  v_was_live := v_hold.state = 'held';

  SELECT b.end_codes INTO code FROM inventory.run_batch_of_ends(p_drop_id, 'release', p_hold_id, v_hold.customer_id, NULL) b;
  IF code IN ('n', 'f', 'p') THEN
    RETURN;
  END IF;
  code := 'D';
  SELECT * INTO v_hold FROM inventory.hold h WHERE h.drop_id = p_drop_id AND h.hold_id = p_hold_id;
  hold := inventory.hold_image(v_hold);
  IF v_was_live AND v_hold.state = 'released' THEN
    INSERT INTO inventory.audit_outbox (merchant_id, actor, action, target, change, request_id, address)
    VALUES (p_merchant_id, p_actor, 'hold.released', jsonb_build_object('kind', 'hold', 'id', p_hold_id),
      jsonb_build_object('dropId', p_drop_id, 'customerId', v_hold.customer_id, 'reason', p_reason,
        'lines', (SELECT jsonb_agg(jsonb_build_object('sku', l.sku, 'quantity', l.quantity)) FROM unnest(v_hold.skus, v_hold.quantities) AS l(sku, quantity))),
      p_request_id, p_address);
  END IF;
  IF p_request_key IS NOT NULL THEN
    INSERT INTO inventory.merchant_request (merchant_id, request_key, fingerprint, answer)
    VALUES (p_merchant_id, p_request_key, p_fingerprint, hold::text);
  END IF;
END
$$;
