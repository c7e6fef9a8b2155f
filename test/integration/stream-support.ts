import type { ChangeRecord } from '@holdfast/contracts';
import { PgoutputChangeStream } from '@holdfast/messaging';
import { type Logger, silentLogger } from '@holdfast/observability';
import { Client, Pool } from 'pg';
import { inventoryStreamSource } from '../../apps/inventory/src/adapters/postgres/stream-source';

export const HEARTBEATS = 'holdfast.inventory.cdc_heartbeat';

/** A stream on the ledger at `url` whose records are kept in `seen`, heartbeats left out. */
export function recordingStream(
  url: string,
  handle: (records: ChangeRecord[]) => Promise<void> = async () => undefined,
  log: Logger = silentLogger(),
) {
  const seen: ChangeRecord[] = [];
  const stream = new PgoutputChangeStream(inventoryStreamSource(url), log);
  const start = () =>
    stream.start(async (records) => {
      await handle(records);
      seen.push(...records.filter((record) => record.topic !== HEARTBEATS));
    });
  return { stream, seen, start };
}

/** The image of a stock row in a record, or undefined for another table's. */
export const stockOf = (record: ChangeRecord) =>
  record.topic === 'holdfast.inventory.stock'
    ? (record.value!.after as Record<string, number & string>)
    : undefined;

export async function slotsOf(server: Pool | Client, url: string) {
  const found = await server.query<{ slot_name: string; active_pid: number | null; wal_status: string }>(
    `SELECT slot_name, active_pid, wal_status FROM pg_replication_slots WHERE database = $1`,
    [new URL(url).pathname.slice(1)],
  );
  return found.rows;
}

/** A slot outlives its database's users and forbids dropping the database: to be called before that. */
export async function dropSlots(server: Pool | Client, url: string): Promise<void> {
  for (const { slot_name, active_pid } of await slotsOf(server, url)) {
    if (active_pid !== null) await server.query('SELECT pg_terminate_backend($1, 2000)', [active_pid]);
    await server.query('SELECT pg_drop_replication_slot($1)', [slot_name]);
  }
}

/** A pool of the login itself. Dropping the database cuts connections that are still saying goodbye: that is no fault. */
export function adminPool(url: string): Pool {
  const pool = new Pool({ connectionString: url, max: 10 });
  pool.on('error', () => undefined);
  return pool;
}
