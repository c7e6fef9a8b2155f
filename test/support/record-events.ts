// Records what Debezium really puts on Kafka, as fixtures that the native reader is compared with: test/fixtures/debezium/*.json.
//   DATABASE_URL=<a migrated, empty database> node tools/run.mjs test/support/record-events.ts [folder of the fixtures]
// Starts its own Kafka and Connect in a temporary folder, and takes its slot and its login away at the end.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { clientSecurity } from '@holdfast/messaging';
import { waitFor } from '@holdfast/testing';
import { Kafka, logLevel } from 'kafkajs';
import { Client } from 'pg';
import { StreamServers } from './stream-servers';

const FACTS = ['holdfast.events.hold', 'holdfast.events.order'];
const TOPICS = [
  'holdfast.inventory.stock',
  'holdfast.inventory.drop',
  'holdfast.inventory.cdc_heartbeat',
  '__debezium-heartbeat.holdfast',
];
const SOON = { deadlineMs: 60_000, everyMs: 100 };
const REST_MS = 500; // a tombstone, or the rest of a transaction

interface Message {
  topic: string;
  key: string | null;
  value: string | null;
  headers: Record<string, string>;
}

const folder = resolve(process.argv[2] ?? 'test/fixtures/debezium');
const isHeartbeat = ({ topic }: Message) => topic.includes('heartbeat');
const say = (line: string) => void process.stderr.write(`${line}\n`);

async function main(databaseUrl: string | undefined): Promise<void> {
  if (!databaseUrl) throw new Error('set DATABASE_URL to a migrated, empty database');
  // What is done to the database: before the connector starts (its snapshot), then one fixture a statement.
  const { before, after } = JSON.parse(readFileSync(join(folder, 'statements.json'), 'utf8')) as {
    before: string[];
    after: { name: string; sql: string }[];
  };
  const db = new Client({ connectionString: databaseUrl });
  await db.connect();
  for (const statement of before) await db.query(statement);
  const servers = await StreamServers.start(databaseUrl, {
    watch: false,
    overrides: { 'heartbeat.interval.ms': '2000' },
  });
  const messages: Message[] = [];
  const stopReading = await readAll(servers, messages);
  try {
    await record(db, after, messages);
  } finally {
    await stopReading();
    await servers.stop();
    await db.end();
  }
}

async function record(
  db: Client,
  statements: readonly { name: string; sql: string }[],
  messages: readonly Message[],
): Promise<void> {
  const until = (what: string, test: () => boolean) => waitFor(what, test, SOON);
  await until('the snapshot', () => messages.some(({ topic }) => topic === TOPICS[0]));
  await until('its fact', () => messages.some(({ topic }) => topic === FACTS[0]));
  const fixtures: Record<string, Message[]> = { snapshot: [...messages] };
  for (const { name, sql } of statements) {
    const from = messages.length;
    await db.query(sql);
    if (name === 'outbox-purge') continue; // its fixture is that nothing comes: seen below
    await until(name, () => messages.slice(from).some((it) => !isHeartbeat(it)));
    await new Promise((done) => setTimeout(done, REST_MS));
    fixtures[name] = messages.slice(from).filter((it) => !isHeartbeat(it));
  }
  const from = messages.length;
  for (const topic of TOPICS.slice(2))
    await until(topic, () => messages.slice(from).some((it) => it.topic === topic));
  fixtures['outbox-purge'] = messages.slice(from).filter((it) => !isHeartbeat(it));
  fixtures['heartbeat'] = messages.slice(from).filter(isHeartbeat);
  for (const [name, records] of Object.entries(fixtures)) {
    writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(records, null, 2)}\n`);
    say(`${name}: ${records.length} records`);
  }
}

/** Keys and values stay the text they are on the wire; what differs from run to run (offsets, times of the broker) is left out. */
async function readAll(servers: StreamServers, messages: Message[]): Promise<() => Promise<void>> {
  const kafka = new Kafka({
    brokers: servers.brokers,
    ...clientSecurity(servers.security),
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 100, retries: 50 },
  });
  const admin = kafka.admin();
  await admin.connect();
  // A consumer does not see topics that appear later: the facts' are made here, the rest by the snapshot.
  const topics = FACTS.map((topic) => ({ topic, numPartitions: 1 }));
  await admin.createTopics({ topics, waitForLeaders: false });
  const all = [...TOPICS, ...FACTS];
  await waitFor(
    'the topics',
    async () => {
      const there = await admin.listTopics();
      return all.every((topic) => there.includes(topic));
    },
    SOON,
  );
  await admin.disconnect();
  const consumer = kafka.consumer({ groupId: 'record', maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topics: all, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ topic, message: { key, value, headers } }) => {
      const text = Object.entries(headers ?? {}).map(([name, bytes]) => [name, String(bytes)]);
      messages.push({
        topic,
        key: key && String(key),
        value: value && String(value),
        headers: Object.fromEntries(text) as Record<string, string>,
      });
    },
  });
  return () => consumer.disconnect();
}

main(process.env['DATABASE_URL']).catch((error: Error) => {
  say(error.message);
  process.exitCode = 1;
});
