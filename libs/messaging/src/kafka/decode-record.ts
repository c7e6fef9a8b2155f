import type { ChangeEnvelope, ChangeRecord } from '@holdfast/contracts';

/** A message as Kafka delivers it. */
export interface KafkaMessage {
  key: Buffer | null;
  value: Buffer | null;
  headers?: Record<string, unknown>;
}

const FACT_TOPIC = /^[^.]+\.events\./;
const OPS = new Set(['c', 'u', 'd', 'r']);

/**
 * Decodes one message of Debezium (JSON without schemas; facts through its EventRouter). Null for a message
 * without content: a tombstone, an empty fact. A message that does not fit its topic becomes a record with
 * the reason under `unreadable`, and with its key if that can be read.
 */
export function decodeRecord(topic: string, message: KafkaMessage): ChangeRecord | null {
  if (message.value === null) return null;
  const empty = { topic, key: null, value: null, fact: null };
  let key: ChangeRecord['key'];
  try {
    key = message.key === null ? null : (JSON.parse(message.key.toString()) as ChangeRecord['key']);
  } catch (error) {
    return { ...empty, unreadable: `the key is no JSON: ${(error as Error).message}` };
  }
  try {
    if (FACT_TOPIC.test(topic)) return { ...empty, key, fact: decodeFact(message) };
    return { ...empty, key, value: decodeEnvelope(JSON.parse(message.value.toString())) };
  } catch (error) {
    return { ...empty, key, unreadable: (error as Error).message };
  }
}

/** The EventRouter wraps the payload, which is JSON, in a JSON string. */
function decodeFact({ value, headers = {} }: KafkaMessage): NonNullable<ChangeRecord['fact']> {
  const inner: unknown = JSON.parse(value!.toString());
  if (typeof inner !== 'string') throw new Error('the payload is no JSON in a JSON string');
  return {
    id: header(headers, 'id'),
    type: header(headers, 'eventType'),
    payload: JSON.parse(inner) as unknown,
  };
}

function header(headers: Record<string, unknown>, name: string): string {
  const value = headers[name];
  if (!Buffer.isBuffer(value) || value.length === 0) throw new Error(`the header ${name} is missing`);
  return value.toString();
}

function decodeEnvelope(value: unknown): ChangeEnvelope {
  if (!isObject(value)) throw new Error('the value is no object');
  const { before, after, source, op, ts_ms } = value;
  if (!OPS.has(op as string)) throw new Error(`op is ${JSON.stringify(op)}`);
  if (!isObject(source) || typeof source['ts_ms'] !== 'number') throw new Error('source has no ts_ms');
  if (op !== 'd' && !isObject(after)) throw new Error('after is no row');
  return {
    before: isObject(before) ? before : null,
    after: isObject(after) ? after : null,
    source: {
      schema: String(source['schema']),
      table: String(source['table']),
      lsn: typeof source['lsn'] === 'number' ? source['lsn'] : null,
      txId: typeof source['txId'] === 'number' ? source['txId'] : null,
      ts_ms: source['ts_ms'],
      snapshot: String(source['snapshot'] ?? 'false'),
    },
    op: op as ChangeEnvelope['op'],
    ts_ms: typeof ts_ms === 'number' ? ts_ms : source['ts_ms'],
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
