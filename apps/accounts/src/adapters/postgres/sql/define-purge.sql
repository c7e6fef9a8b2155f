-- Removes what nobody needs any more, `most` rows of each kind: sessions and links that are over, API keys that were removed 90 days ago,
-- what requests made a day ago, revocations that every token has outlived, and guesses.
-- Of guesses at addresses that are nobody's no more than `unknown_max` stay, so that inventing addresses fills no disk. Returns how many rows went.
-- Across merchants, so it runs as the owner of the tables. Any number of processes may call it at once: rows locked by others are left to them.
CREATE OR REPLACE FUNCTION accounts.purge(
  most integer, revocation_seconds double precision, forget_seconds double precision, unknown_max integer
) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  gone integer := 0;
  part integer;
  surplus bigint;
BEGIN
  DELETE FROM accounts.session WHERE (merchant_id, session_id) IN (
    SELECT merchant_id, session_id FROM accounts.session WHERE expires_at <= clock_timestamp() LIMIT most FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS part = ROW_COUNT;
  gone := gone + part;
  DELETE FROM accounts.one_time_link WHERE (merchant_id, staff_id) IN (
    SELECT merchant_id, staff_id FROM accounts.one_time_link WHERE expires_at <= clock_timestamp() LIMIT most FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS part = ROW_COUNT;
  gone := gone + part;
  DELETE FROM accounts.api_key WHERE (merchant_id, key_id) IN (
    SELECT merchant_id, key_id FROM accounts.api_key
    WHERE removed_at < clock_timestamp() - interval '90 days' LIMIT most FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS part = ROW_COUNT;
  gone := gone + part;
  DELETE FROM accounts.made WHERE (merchant_id, made_id) IN (
    SELECT merchant_id, made_id FROM accounts.made
    WHERE made_at < clock_timestamp() - interval '1 day' LIMIT most FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS part = ROW_COUNT;
  gone := gone + part;
  DELETE FROM accounts.revocation WHERE revocation_id IN (
    SELECT revocation_id FROM accounts.revocation
    WHERE revoked_at < clock_timestamp() - make_interval(secs => revocation_seconds) LIMIT most FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS part = ROW_COUNT;
  gone := gone + part;
  DELETE FROM accounts.guess WHERE subject_hash IN (
    SELECT subject_hash FROM accounts.guess
    WHERE guessed_at < clock_timestamp() - make_interval(secs => forget_seconds) LIMIT most FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS part = ROW_COUNT;
  gone := gone + part;
  SELECT greatest(count(*) - unknown_max, 0) INTO surplus FROM accounts.guess WHERE NOT is_known;
  DELETE FROM accounts.guess WHERE subject_hash IN (
    SELECT subject_hash FROM accounts.guess WHERE NOT is_known ORDER BY guessed_at LIMIT least(surplus, most) FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS part = ROW_COUNT;
  RETURN gone + part;
END $$;
