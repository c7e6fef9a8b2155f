import { createHash } from 'node:crypto';
import { LOGINS } from '@holdfast/postgres';
import { SLOT_PREFIXES } from './idle-slots';

export interface SlotNames {
  /** Of the replication slot. */
  slot: string;
  /** Of the login with which Debezium reads. */
  user: string;
}

const HASH_LENGTH = 8;

/** Slots and logins belong to a whole PostgreSQL server, and on a given one other products may keep their ledgers in other databases. */
export function slotNames(databaseUrl: string | null): SlotNames {
  const suffix = serverWideSuffix(databaseUrl);
  return { slot: SLOT_PREFIXES.cluster + suffix, user: LOGINS.stream.name + suffix };
}

/** What is appended to names that belong to the whole server. */
export function serverWideSuffix(databaseUrl: string | null): string {
  if (databaseUrl === null) return '';
  const database = new URL(databaseUrl).pathname;
  return `_${createHash('sha256').update(database).digest('hex').slice(0, HASH_LENGTH)}`;
}
