import type { SessionClient } from './session';

/** Properties of an external PostgreSQL on which the product's guarantees depend. */
export interface ServerFacts {
  /** E.g. `18.4`. */
  version: string;
  versionNumber: number;
  walLevel: string;
  isStandby: boolean;
  fsync: boolean;
  fullPageWrites: boolean;
  /** WAL that an unread slot may retain, in PostgreSQL's format (`512MB`); null: unbounded. */
  slotKeepsAtMost: string | null;
  login: string;
  /** The login has more privileges than the product needs. */
  isSuperuser: boolean;
}

/** Any login may query it. */
export async function readServerFacts(client: SessionClient): Promise<ServerFacts> {
  const { rows } = await client.query<Omit<ServerFacts, 'slotKeepsAtMost'> & { slotKeepsAtMost: string }>(
    `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS "versionNumber",
       current_setting('wal_level') AS "walLevel", pg_is_in_recovery() AS "isStandby", current_setting('fsync') = 'on' AS fsync,
       current_setting('full_page_writes') = 'on' AS "fullPageWrites", current_setting('max_slot_wal_keep_size') AS "slotKeepsAtMost",
       session_user AS login, (SELECT rolsuper FROM pg_roles WHERE rolname = session_user) AS "isSuperuser"`,
  );
  const facts = rows[0]!;
  return { ...facts, slotKeepsAtMost: facts.slotKeepsAtMost === '-1' ? null : facts.slotKeepsAtMost };
}

/**
 * Warnings about settings with which acknowledged data may be lost. `synchronous_commit` is set by every
 * connection.
 */
export function durabilityWarnings({ fsync, fullPageWrites }: ServerFacts): string[] {
  const mend = (name: string) =>
    `Set it to on (ALTER SYSTEM SET ${name} = on; SELECT pg_reload_conf();) before anything is sold.`;
  return [
    ...(fsync
      ? []
      : [
          'PostgreSQL runs with fsync = off: a power cut or a crash of its machine may lose holds and payments that were confirmed, or the whole ' +
            `database. ${mend('fsync')}`,
        ]),
    ...(fullPageWrites
      ? []
      : [
          'PostgreSQL runs with full_page_writes = off: a power cut or a crash of its machine may damage the ledger beyond repair, unless the disk ' +
            `writes whole pages at once. ${mend('full_page_writes')}`,
        ]),
  ];
}
