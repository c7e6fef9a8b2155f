-- Lists everything of Holdfast in this database, and its roles and logins in the server. Read-only; for any
-- login.
-- Rows: kind, names.
SELECT 'schemas' AS kind, ARRAY(SELECT nspname::text FROM pg_namespace WHERE nspname IN ('inventory', 'checkout', 'sandbox', 'accounts') ORDER BY 1) AS names
UNION ALL SELECT 'publications', ARRAY(SELECT pubname::text FROM pg_publication WHERE pubname = 'holdfast_cdc')
UNION ALL SELECT 'roles', ARRAY(SELECT rolname::text FROM pg_roles WHERE starts_with(rolname, 'holdfast_') AND NOT rolcanlogin ORDER BY 1)
UNION ALL SELECT 'logins', ARRAY(SELECT rolname::text FROM pg_roles WHERE starts_with(rolname, 'holdfast_') AND rolcanlogin ORDER BY 1)
