import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeRecord } from './decode-record';

interface Recorded {
  topic: string;
  key: string | null;
  value: string | null;
  headers: Record<string, string>;
}
const folder = join(__dirname, '../../../../test/fixtures/debezium');
const recorded = (name: string) =>
  JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Recorded[];
const bytes = (text: string | null) => (text === null ? null : Buffer.from(text));
const decode = ({ topic, key, value, headers }: Recorded) =>
  decodeRecord(topic, {
    key: bytes(key),
    value: bytes(value),
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
  });
const STOCK = 'holdfast.inventory.stock';
const good = () => recorded('stock-update')[0]!;

describe('decoding what Debezium puts on Kafka', () => {
  it('reads every record that was ever recorded, but for heartbeats of Debezium alone', () => {
    const names = readdirSync(folder).filter((name) => name !== 'statements.json');
    const all = names.flatMap((name) => recorded(name.replace('.json', '')));
    const broken = all
      .filter(({ topic }) => !topic.startsWith('__'))
      .filter((record) => decode(record)?.unreadable !== undefined);
    expect(all.length).toBeGreaterThan(10);
    expect(broken).toEqual([]);
  });

  it('reads a row with the fields that consumers know', () => {
    expect(decode(good())).toEqual({
      topic: STOCK,
      key: { drop_id: 'drecord1', sku: 'TEE-M' },
      value: {
        before: null,
        after: expect.objectContaining({ available: 3, version: 2 }),
        source: {
          schema: 'inventory',
          table: 'stock',
          lsn: 112581952,
          txId: 1084,
          ts_ms: 1795322934515,
          snapshot: 'false',
        },
        op: 'u',
        ts_ms: 1795322934542,
      },
      fact: null,
    });
  });

  it('reads a fact, whose payload is JSON in a JSON string', () => {
    expect(decode(recorded('outbox-fact')[0]!)).toMatchObject({
      key: 'drecord1-h2',
      fact: {
        id: '0190f5a0-0000-7000-8000-000000000002',
        type: 'hold.confirmed.v1',
        payload: { holdId: 'drecord1-h2', note: 'grün "q"' },
      },
    });
  });

  it('reads a delete, and nothing out of the tombstone behind it', () => {
    const [deleted, tombstone] = recorded('stock-delete').map(decode);
    expect(deleted!.value).toMatchObject({ op: 'd', after: null });
    expect(tombstone).toBeNull();
  });

  it.each([
    ['a value that is no JSON', { value: '{"after":' }],
    ['a value that is no object', { value: '[]' }],
    ['an unknown op', { value: '{"op":"x","source":{"ts_ms":1},"after":{}}' }],
    ['an update without a row', { value: '{"op":"u","source":{"ts_ms":1},"after":null}' }],
    ['no source', { value: '{"op":"u","after":{}}' }],
  ])('says why it cannot read %s, and keeps its key', (_, change) => {
    const record = decode({ ...good(), ...change });
    expect(record).toMatchObject({ key: { sku: 'TEE-M' }, value: null, fact: null });
    expect(record!.unreadable).toEqual(expect.any(String));
  });

  it('says so of a key that is no JSON, too', () => {
    expect(decode({ ...good(), key: 'drop-1' })).toMatchObject({
      key: null,
      unreadable: expect.stringContaining('key'),
    });
  });

  it.each([
    ['without an id', (fact: Recorded) => ({ ...fact, headers: { eventType: 'x' } })],
    ['whose payload is no string', (fact: Recorded) => ({ ...fact, value: '{"a":1}' })],
    ['whose payload is no JSON', (fact: Recorded) => ({ ...fact, value: '"{"' })],
  ])('does not read a fact %s', (_, change) => {
    expect(decode(change(recorded('outbox-fact')[0]!))!.unreadable).toEqual(expect.any(String));
  });
});
