// Made by tools/embed-sql.mjs from the .sql files of this folder. Do not edit.
export const sql = {
  changeStreamLag: { name: "change-stream-lag", text: "-- The server's version, and how many bytes of its log the change stream of this database has not confirmed yet (null: there is no stream).\n-- Reads only; any login may. Row: version, lag.\nSELECT current_setting('server_version') AS version, (\n  SELECT max(pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn))\n  FROM pg_replication_slots\n  WHERE database = current_database() AND plugin = 'pgoutput'\n) AS lag\n" },
} as const;
