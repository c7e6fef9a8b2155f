-- The server's version, and how many bytes of its log the change stream of this database has not confirmed yet (null: there is no stream).
-- Reads only; any login may. Row: version, lag.
SELECT current_setting('server_version') AS version, (
  SELECT max(pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn))
  FROM pg_replication_slots
  WHERE database = current_database() AND plugin = 'pgoutput'
) AS lag
