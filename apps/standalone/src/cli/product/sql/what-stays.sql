-- What of Holdfast is in this database, or, as roles and logins are, in its server. Reads only; any login may.
-- Rows: kind, names.
SELECT 'schemas' AS kind, ARRAY(SELECT nspname::text FROM pg_namespace WHERE nspname IN ('inventory', 'checkout', 'sandbox') ORDER BY 1) AS names
UNION ALL SELECT 'publications', ARRAY(SELECT pubname::text FROM pg_publication WHERE pubname = 'holdfast_cdc')
UNION ALL SELECT 'roles', ARRAY(SELECT rolname::text FROM pg_roles WHERE starts_with(rolname, 'holdfast_') AND NOT rolcanlogin ORDER BY 1)
UNION ALL SELECT 'logins', ARRAY(SELECT rolname::text FROM pg_roles WHERE starts_with(rolname, 'holdfast_') AND rolcanlogin ORDER BY 1)
