import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { ChangeStreamMisconfigured } from '../change-stream.port';
import type { ReplicationConnection } from './replication-connection';
import { ReplicationConnection as Connection } from './replication-connection';
import type { PgoutputSource } from './source';

const INSUFFICIENT_PRIVILEGE = '42501';
const CONFIGURATION_LIMIT_EXCEEDED = '53400';
const HASH_LENGTH = 8;

/**
 * Checks the settings, for which a retry is useless, and returns the slot's name. Throws
 * `ChangeStreamMisconfigured`.
 */
export async function checkSource(db: Pool, { publication, slotPrefix }: PgoutputSource): Promise<string> {
  const found = await db.query<{ wal_level: string; database: string; published: boolean }>(
    `SELECT current_setting('wal_level') AS wal_level, current_database() AS database,
            EXISTS (SELECT FROM pg_publication WHERE pubname = $1) AS published`,
    [publication],
  );
  const { wal_level, database, published } = found.rows[0]!;
  if (wal_level !== 'logical')
    throw new ChangeStreamMisconfigured(
      `PostgreSQL runs with wal_level = ${wal_level}, but live counts are read from its log with wal_level = logical. ` +
        `Set it (ALTER SYSTEM SET wal_level = 'logical') and restart the server.`,
    );
  if (!published)
    throw new ChangeStreamMisconfigured(
      `The publication ${publication} is missing in database ${database}. Run the migrations (npx holdfast migrate).`,
    );
  return `${slotPrefix}_${createHash('sha256').update(database).digest('hex').slice(0, HASH_LENGTH)}`;
}

/** Opens the streaming connection; a login without the right to replicate is a misconfiguration. */
export async function openReplication({ url, role }: PgoutputSource): Promise<ReplicationConnection> {
  try {
    return await Connection.open(url, role);
  } catch (error) {
    if ((error as { code?: string }).code !== INSUFFICIENT_PRIVILEGE) throw error;
    throw new ChangeStreamMisconfigured(
      `PostgreSQL refuses to replicate (${(error as Error).message}). ` +
        `Give the login of DATABASE_URL the right: ALTER ROLE <login> REPLICATION.`,
    );
  }
}

/**
 * Finds the slot, or creates it when it is missing or lost. Returns which: a new slot has missed earlier
 * changes.
 */
export async function ensureSlot(
  db: Pool,
  connection: ReplicationConnection,
  slot: string,
): Promise<'kept' | 'made'> {
  const found = await db.query<{ lost: boolean }>(
    // The reason is a column since PostgreSQL 17; read through JSON it is just absent in older versions.
    `SELECT coalesce(wal_status, '') = 'lost' OR to_jsonb(s) ->> 'invalidation_reason' IS NOT NULL AS lost
     FROM pg_replication_slots s WHERE slot_name = $1`,
    [slot],
  );
  if (found.rows[0]?.lost === false) return 'kept';
  if (found.rows[0]) await connection.command(`DROP_REPLICATION_SLOT "${slot}"`);
  try {
    await connection.command(`CREATE_REPLICATION_SLOT "${slot}" LOGICAL pgoutput NOEXPORT_SNAPSHOT`);
  } catch (error) {
    if ((error as { code?: string }).code !== CONFIGURATION_LIMIT_EXCEEDED) throw error;
    throw new ChangeStreamMisconfigured(
      'PostgreSQL has no replication slot left. Raise max_replication_slots and restart the server, or drop slots that nobody uses.',
    );
  }
  return 'made';
}
