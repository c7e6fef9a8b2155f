import type { ChangeRecord } from '@holdfast/contracts';
import type { Pool } from 'pg';
import { debeziumDecoder } from './debezium-values';
import { type ChangeOrigin, factRecord, type RowChange, rowRecord } from './envelope';
import { parseLsn } from './lsn';
import type { PgoutputSource, SnapshotTable } from './source';

// A few ms to read and about 1 MB of records; bounds the memory however many rows there are.
const ROWS_A_PAGE = 2_000;

/**
 * Hands over the current rows as reads. It runs after the slot exists: changes during the snapshot are in the
 * stream as well, so its pages need not be consistent with each other. `withFacts` adds the outboxes.
 */
export async function sendSnapshot(
  db: Pool,
  source: PgoutputSource,
  withFacts: boolean,
  send: (records: ChangeRecord[]) => Promise<void>,
): Promise<void> {
  const read = await db.query<{ lsn: string; at: Date }>(
    `SELECT pg_current_wal_lsn() AS lsn, clock_timestamp() AS at`,
  );
  const { lsn, at } = read.rows[0]!;
  const origin = { lsn: parseLsn(lsn), txId: null, atMs: at.getTime() };
  // One page is held back, so that the last record can be marked as the last.
  let held: ChangeRecord[] = [];
  let first = true;
  for (const { table, facts } of [
    ...source.state.map((table) => ({ table, facts: false })),
    ...(withFacts ? await outboxes(db, source) : []),
  ]) {
    for await (const rows of pages(db, table)) {
      const records = rows.flatMap((row) => {
        const record = toRecord(source, table, facts, row, { ...origin, snapshot: first ? 'first' : 'true' });
        first = false;
        return record ?? [];
      });
      if (held.length > 0) await send(held);
      held = records;
    }
  }
  const last = held.at(-1)?.value;
  if (last) last.source.snapshot = 'last';
  if (held.length > 0) await send(held);
}

async function outboxes(db: Pool, { publication, outbox }: PgoutputSource) {
  const found = await db.query<{ table: string }>(
    `SELECT schemaname || '.' || tablename AS table FROM pg_publication_tables WHERE pubname = $1 AND tablename = $2 ORDER BY 1`,
    [publication, outbox.name],
  );
  return found.rows.map(({ table }) => ({ table: { ...outbox, table }, facts: true }));
}

type Row = Record<string, unknown>;

function toRecord(
  { topicPrefix }: PgoutputSource,
  { table, key }: SnapshotTable,
  facts: boolean,
  row: Row,
  origin: ChangeOrigin,
): ChangeRecord | null {
  const [schema, name] = table.split('.') as [string, string];
  const change: RowChange = { op: 'r', schema, table: name, keyColumns: key, row };
  return facts ? factRecord(topicPrefix, change) : rowRecord(topicPrefix, change, origin, Date.now());
}

async function* pages(db: Pool, { table, order, where = 'true' }: SnapshotTable): AsyncGenerator<Row[]> {
  const columns = order.join(', ');
  const marks = order.map((_, i) => `$${i + 1}`).join(', ');
  for (let after: unknown[] | null = null; ;) {
    const beyond: string = after ? `AND (${columns}) > (${marks})` : '';
    const page: { rows: Row[] } = await db.query({
      text: `SELECT * FROM ${table} WHERE ${where} ${beyond} ORDER BY ${columns} LIMIT ${ROWS_A_PAGE}`,
      values: after ?? [],
      types: { getTypeParser: (oid: number) => debeziumDecoder(oid) },
    });
    if (page.rows.length > 0) yield page.rows;
    const last = page.rows.at(-1);
    if (!last || page.rows.length < ROWS_A_PAGE) return;
    after = order.map((column) => last[column]);
  }
}
