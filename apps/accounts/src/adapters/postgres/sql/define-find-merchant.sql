-- Whose row it is: asked when a request names no merchant, only an address or a secret. Row-level security hides the rows from the caller, so these
-- run as the owner of the tables; each tells one merchant's id, the ids of all, or the origins that browsers are told anyway, and nothing else. What belongs to the row is then read in its merchant.
CREATE OR REPLACE FUNCTION accounts.merchant_of_email(wanted text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT merchant_id FROM accounts.staff WHERE email = wanted $$;

CREATE OR REPLACE FUNCTION accounts.merchant_of_refresh_token(wanted bytea) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT merchant_id FROM accounts.refresh_token WHERE token_hash = wanted $$;

CREATE OR REPLACE FUNCTION accounts.merchant_of_link(wanted bytea) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT merchant_id FROM accounts.one_time_link WHERE token_hash = wanted $$;

CREATE OR REPLACE FUNCTION accounts.merchant_of_api_key(wanted bytea) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT merchant_id FROM accounts.api_key WHERE secret_hash = wanted $$;

CREATE OR REPLACE FUNCTION accounts.merchant_ids() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT merchant_id FROM accounts.merchant ORDER BY created_at, merchant_id $$;

CREATE OR REPLACE FUNCTION accounts.allowed_origins() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT DISTINCT unnest(allowed_origins) FROM accounts.merchant $$;
