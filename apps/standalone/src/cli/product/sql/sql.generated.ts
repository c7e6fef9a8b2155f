// Made by tools/embed-sql.mjs from the .sql files of this folder. Do not edit.
export const sql = {
  changeStreamLag: { name: "change-stream-lag", text: "-- The server's version, how many bytes of its log the change stream of this database has not confirmed yet (null: there is no stream), and whether\n-- somebody reads it now. Reads only; any login may.\n-- $1 name of the stream's slot, null for any of this database. Row: version, lag, isRead.\nSELECT\n  current_setting('server_version') AS version,\n  max(pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)) AS lag,\n  bool_or(active) AS \"isRead\"\nFROM pg_replication_slots\nWHERE database = current_database() AND plugin = 'pgoutput' AND slot_name = coalesce($1, slot_name)\n" },
} as const;
