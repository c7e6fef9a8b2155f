-- The server's version, how many bytes of its log the change stream of this database has not confirmed yet
-- (null: there is no stream), and whether its slot is active. Read-only; for any login.
-- $1 name of the stream's slot, null for any of this database. Row: version, lag, isRead.
SELECT
  current_setting('server_version') AS version,
  max(pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)) AS lag,
  bool_or(active) AS "isRead"
FROM pg_replication_slots
WHERE database = current_database() AND plugin = 'pgoutput' AND slot_name = coalesce($1, slot_name)
