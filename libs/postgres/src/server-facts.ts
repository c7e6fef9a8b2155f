import type { SessionClient } from './session';

/** What a PostgreSQL that somebody else runs is like, as far as our promises depend on it. */
export interface ServerFacts {
  /** E.g. `18.4`. */
  version: string;
  versionNumber: number;
  walLevel: string;
  isStandby: boolean;
  fsync: boolean;
  fullPageWrites: boolean;
  /** How much log a slot that nobody reads may keep, in words of PostgreSQL (`512MB`); null: without a bound. */
  slotKeepsAtMost: string | null;
  login: string;
  /** It may do more than create what the product needs. */
  isSuperuser: boolean;
}

/** Any login may ask. */
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

/** What the server may lose although it was acknowledged, in plain words; empty: nothing. `synchronous_commit` is set by every connection. */
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
