/**
 * Settings of the embedded server. fsync and synchronous_commit stay on, so acknowledged commits are on disk.
 */
export const DEFAULT_SETTINGS: Readonly<Record<string, string | number>> = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  wal_level: 'logical', // the change stream reads it
  max_slot_wal_keep_size: '512MB', // a missing consumer must not fill the disk
  max_wal_size: '512MB', // bounds crash recovery, and so the next start
  max_connections: 100,
  shared_buffers: '128MB', // allocated only as it is used
  // All statements are short; parallel plans would cost processes and shared memory.
  max_parallel_workers_per_gather: 0,
  jit: 'off',
  // Processes that are of no use for a ledger that fits into memory.
  io_workers: 1,
  max_logical_replication_workers: 0,
  // The log is for server errors; errors of statements are returned to the caller.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] ',
};
