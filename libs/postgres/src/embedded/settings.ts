/** Of the embedded server. What is acknowledged is on the disk: fsync and synchronous_commit stay on. */
export const DEFAULT_SETTINGS: Readonly<Record<string, string | number>> = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  wal_level: 'logical', // the change stream reads it
  max_slot_wal_keep_size: '512MB', // a reader that stays away may not fill the disk
  max_wal_size: '512MB', // bounds the replay after a crash, and so the next start
  max_connections: 100,
  shared_buffers: '128MB', // taken only as far as it is used
  max_parallel_workers_per_gather: 0, // short statements only; a parallel plan would cost processes and shared memory
  jit: 'off',
  // Processes that a ledger which fits into memory has no work for.
  io_workers: 1,
  max_logical_replication_workers: 0,
  // The log is for faults of the server; what a statement did wrong is answered to its caller.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] ',
};
