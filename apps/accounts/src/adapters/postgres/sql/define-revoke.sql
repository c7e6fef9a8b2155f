-- Publishes what no longer counts. The lock is kept until the commit, so numbers are given in the order of commits: a reader who has seen number n
-- never finds a smaller one later. Called last in its transaction: nothing else may be waited for under this lock.
CREATE OR REPLACE FUNCTION accounts.revoke(what text, ids text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF coalesce(cardinality(ids), 0) = 0 THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock(7116200);
  INSERT INTO accounts.revocation (kind, subject_id) SELECT what, unnest(ids);
END $$;

-- What a gateway has not heard yet, oldest first.
CREATE OR REPLACE FUNCTION accounts.revocations_after(last_seen bigint, most integer)
RETURNS TABLE (revocation_id bigint, kind text, subject_id text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT r.revocation_id, r.kind, r.subject_id FROM accounts.revocation r
  WHERE r.revocation_id > last_seen ORDER BY r.revocation_id LIMIT most
$$;
