import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChangeRecord } from '@holdfast/contracts';
import { waitFor } from '@holdfast/testing';
import type { Pool } from 'pg';
import { createLedger, type TestLedger } from '../support/database';
import { adminPool, dropSlots, recordingStream } from './stream-support';

interface Recorded {
  topic: string;
  key: string;
  value: string | null;
  headers: Record<string, string>;
}
const read = <T>(name: string): T =>
  JSON.parse(readFileSync(join(__dirname, '../fixtures/debezium', `${name}.json`), 'utf8')) as T;

const statements = read<{ before: string[]; after: { name: string; sql: string }[] }>('statements');

/** What consumers may rely on, of both: not when it was read, where it stood in the log, or the row before. */
function essence(record: ChangeRecord): unknown {
  const { topic, key, value, fact } = record;
  if (fact) return { topic, key, fact };
  const { op, after, source } = value!;
  const timeless = after && { ...after, created_at: typeof after['created_at'] };
  return { topic, key, op, after: timeless, table: `${source.schema}.${source.table}` };
}

/** A record as it came through Kafka, as the consumer of the cluster mode will hand it on. Tombstones say nothing. */
function decode({ topic, key, value, headers }: Recorded): ChangeRecord[] {
  if (value === null) return [];
  if (!headers['id']) return [{ topic, key: JSON.parse(key), value: JSON.parse(value), fact: null }];
  const payload = JSON.parse(JSON.parse(value)) as unknown;
  const fact = { id: headers['id'], type: headers['eventType']!, payload };
  return [{ topic, key: JSON.parse(key), value: null, fact }];
}

const recorded = (name: string) =>
  read<Recorded[]>(name)
    .filter(({ topic }) => !topic.includes('heartbeat'))
    .flatMap(decode)
    .map(essence);
const byTopic = (records: unknown[]) =>
  [...records].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

describe('pgoutput read in this process, beside what Debezium sent for the same statements', () => {
  let ledger: TestLedger;
  let pool: Pool;
  let reader: ReturnType<typeof recordingStream>;

  beforeAll(async () => {
    ledger = await createLedger('stream_fixtures');
    pool = adminPool(ledger.url);
    for (const sql of statements.before) await pool.query(sql);
    reader = recordingStream(ledger.url);
    await reader.start();
  });
  afterAll(async () => {
    await reader.stream.stop();
    await dropSlots(pool, ledger.url);
    await pool.end();
    await ledger.drop();
  });

  const since = async (from: number, count: number) => {
    await waitFor(`${count} records`, () => reader.seen.length >= from + count);
    return reader.seen.slice(from).map(essence);
  };

  it('says the same of the rows that were there', async () => {
    const expected = recorded('snapshot');
    expect(byTopic(await since(0, expected.length))).toEqual(byTopic(expected));
  });

  it.each(statements.after)('says the same of $name', async ({ name, sql }) => {
    const from = reader.seen.length;
    const expected = recorded(name);
    await pool.query(sql);
    expect(await since(from, expected.length)).toEqual(expected);
  });
});
