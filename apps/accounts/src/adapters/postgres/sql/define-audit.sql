-- Which merchants have something to do: asked across merchants, so these run as the owner of the tables. Each tells ids of merchants, and nothing else.
CREATE OR REPLACE FUNCTION accounts.merchants_to_chain() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT DISTINCT merchant_id FROM accounts.audit_outbox WHERE chained_at IS NULL $$;

-- Whose chain needs a checkpoint: it grew since the last one, which is `changed_seconds` old, or the last one is `idle_seconds` old, or there is none.
-- The last one is the one that was made last. Where its time is later than now the clock was set back: how old it is cannot be known, so another is
-- made, whose age can. Otherwise none would be made until the clock is there again. A clock that was set forward makes one at most that was not due.
-- `one`: of this merchant alone.
CREATE OR REPLACE FUNCTION accounts.merchants_to_seal(changed_seconds double precision, idle_seconds double precision, one text) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT m.merchant_id FROM accounts.merchant m
  CROSS JOIN LATERAL (SELECT seq FROM accounts.audit_record r WHERE r.merchant_id = m.merchant_id ORDER BY seq DESC LIMIT 1) head
  LEFT JOIN LATERAL (
    SELECT seq, at FROM accounts.audit_checkpoint c WHERE c.merchant_id = m.merchant_id ORDER BY made DESC LIMIT 1
  ) sealed ON true
  WHERE (one IS NULL OR m.merchant_id = one)
    AND (sealed.at IS NULL
      OR (sealed.seq <> head.seq AND sealed.at <= clock_timestamp() - make_interval(secs => changed_seconds))
      OR sealed.at <= clock_timestamp() - make_interval(secs => idle_seconds)
      OR sealed.at > clock_timestamp())
$$;
