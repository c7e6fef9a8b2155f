import type { Ledger } from './ledger';

/** A server that somebody else runs keeps its log for our slot while we are away: what its owner should know at the start. Null: nothing. */
export function slotWarning({ given }: Ledger): string | null {
  if (given === null || given.slotKeepsAtMost !== null) return null;
  return (
    'Warning: max_slot_wal_keep_size is -1 on the PostgreSQL of DATABASE_URL: while Holdfast is stopped, PostgreSQL keeps its log for the ' +
    "replication slot without a bound, until the disk is full. Set one (ALTER SYSTEM SET max_slot_wal_keep_size = '4GB'; " +
    'SELECT pg_reload_conf();), or run `npx holdfast detach` whenever Holdfast will be stopped for long.'
  );
}

/** The same at the end. Null: the server ends with us. */
export function slotStays({ given, place }: Ledger): string | null {
  if (given === null) return null;
  const bound = given.slotKeepsAtMost === null ? 'without a bound' : `${given.slotKeepsAtMost} at most`;
  return (
    `The replication slot stays in ${place}: PostgreSQL keeps its log for the next start, ${bound}. ` +
    '`npx holdfast detach` drops the slot.'
  );
}
