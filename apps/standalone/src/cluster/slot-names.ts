import { createHash } from 'node:crypto';
import { SLOT_PREFIXES } from '../process/idle-slots';

export interface SlotNames {
  /** Of the replication slot. */
  slot: string;
  /** Of the login with which Debezium reads. */
  user: string;
}

const HASH_LENGTH = 8;

/** Slots and logins belong to a whole PostgreSQL server, and on a given one other products may keep their ledgers in other databases. */
export function slotNames(databaseUrl: string | null): SlotNames {
  if (databaseUrl === null) return { slot: SLOT_PREFIXES.cluster, user: 'holdfast_connect' };
  const database = new URL(databaseUrl).pathname;
  const hash = createHash('sha256').update(database).digest('hex').slice(0, HASH_LENGTH);
  return { slot: `${SLOT_PREFIXES.cluster}_${hash}`, user: `holdfast_connect_${hash}` };
}
