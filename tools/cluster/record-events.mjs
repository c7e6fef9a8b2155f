#!/usr/bin/env node
// Records what Debezium really puts on Kafka, as fixtures that the native reader is compared with: test/fixtures/debezium/*.json.
//   DATABASE_URL=<a migrated, empty database> node tools/cluster/record-events.mjs [folder of the fixtures]
// Starts its own Kafka and Connect in a temporary folder, and takes its slot away at the end. Needs kafkajs.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ensureCdcLogin } from '../../infra/debezium/login.mjs';
import { register } from '../../infra/debezium/register.mjs';
import { clientSecurity } from './ask-kafka.mjs';
import { startConnect } from './connect.mjs';
import { startKafka } from './kafka.mjs';
import { ledgerClient } from './ledger-client.mjs';
import { assembleKafka } from './maven.mjs';
import { choosePorts } from './ports.mjs';

const { Kafka, logLevel } = (await import('kafkajs')).default;
const folder = resolve(process.argv[2] ?? 'test/fixtures/debezium');
const databaseUrl = process.env.DATABASE_URL;
if (!databaseUrl) throw new Error('set DATABASE_URL to a migrated, empty database');
const SLOT = 'holdfast_record';
const LOGIN = { user: 'holdfast_record', password: 'for-this-recording-only' };
const say = (line) => console.error(line);

// What is done to the database: before the connector starts (its snapshot), then one fixture a statement.
const { before: BEFORE, after: AFTER } = JSON.parse(readFileSync(join(folder, 'statements.json'), 'utf8'));

const dir = mkdtempSync(join(tmpdir(), 'holdfast-record-'));
const undo = [() => rmSync(dir, { recursive: true, force: true })];
try {
  await record();
} finally {
  for (const step of undo.reverse()) await step();
}

async function record() {
  const db = ledgerClient(databaseUrl);
  await db.connect();
  undo.push(() => db.end());
  for (const statement of BEFORE) await db.query(statement);
  await ensureCdcLogin({ databaseUrl, ...LOGIN });
  const client = await startServers(db);
  const messages = await readAll(client);
  await until('the snapshot', () => messages.some(({ topic }) => topic === 'holdfast.inventory.stock'));
  await until('its fact', () => messages.some(({ topic }) => topic === 'holdfast.events.hold'));
  const fixtures = { snapshot: [...messages] };
  for (const { name, sql } of AFTER) {
    const from = messages.length;
    await db.query(sql);
    if (name === 'outbox-purge') continue; // its fixture is that nothing comes: seen below
    await until(name, () => messages.slice(from).some(isNoHeartbeat));
    await new Promise((done) => setTimeout(done, 500)); // a tombstone, or the rest of a transaction
    fixtures[name] = messages.slice(from).filter(isNoHeartbeat);
  }
  const from = messages.length;
  await until('a heartbeat', () => messages.slice(from).some(({ topic }) => topic.startsWith('__debezium')));
  await until('a heartbeat row', () =>
    messages.slice(from).some(({ topic }) => topic.endsWith('cdc_heartbeat')),
  );
  fixtures['outbox-purge'] = messages.slice(from).filter(isNoHeartbeat);
  fixtures.heartbeat = messages.slice(from).filter((message) => !isNoHeartbeat(message));
  for (const [name, records] of Object.entries(fixtures)) {
    writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(records, null, 2)}\n`);
    say(`${name}: ${records.length} records`);
  }
}

async function startServers(db) {
  const libs = await assembleKafka({ say });
  const ports = await choosePorts(dir, ['kafka', 'controller', 'connect']);
  const kafka = await startKafka({
    dir: join(dir, 'kafka'),
    libs,
    port: ports.kafka,
    controllerPort: ports.controller,
    password: LOGIN.password,
    say,
  });
  undo.push(() => kafka.stop());
  const { hostname, port, pathname } = new URL(databaseUrl);
  const cdc = {
    CDC_HOST: hostname,
    CDC_PORT: port || '5432',
    CDC_DATABASE: pathname.slice(1),
    CDC_USER: LOGIN.user,
    CDC_PASSWORD: LOGIN.password,
  };
  const connect = await startConnect({
    dir: join(dir, 'connect'),
    libs,
    port: ports.connect,
    brokers: kafka.address,
    security: kafka.security,
    password: LOGIN.password,
    cdc,
    say,
  });
  undo.push(
    () => db.query(`DROP OWNED BY ${LOGIN.user}`).then(() => db.query(`DROP ROLE ${LOGIN.user}`)),
    () =>
      db.query('SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1', [
        SLOT,
      ]),
    () => connect.stop(),
  );
  await register({
    connectUrl: connect.url,
    overrides: { 'slot.name': SLOT, 'heartbeat.interval.ms': '2000' },
    say,
  });
  return { brokers: [kafka.address], ...clientSecurity(kafka.security) };
}

/** Keys and values stay the text they are on the wire; what differs from run to run (offsets, times of the broker) is left out. */
async function readAll(client) {
  const kafka = new Kafka({
    ...client,
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 100, retries: 50 },
  });
  const admin = kafka.admin();
  await admin.connect();
  const facts = ['holdfast.events.hold', 'holdfast.events.order'];
  // A consumer does not see topics that appear later: the facts' are made here, the rest by the snapshot.
  await admin.createTopics({
    topics: facts.map((topic) => ({ topic, numPartitions: 1 })),
    waitForLeaders: false,
  });
  const topics = [
    'holdfast.inventory.stock',
    'holdfast.inventory.drop',
    'holdfast.inventory.cdc_heartbeat',
    '__debezium-heartbeat.holdfast',
  ];
  await until('the topics', async () => {
    const there = await admin.listTopics();
    return [...topics, ...facts].every((topic) => there.includes(topic));
  });
  await admin.disconnect();
  const consumer = kafka.consumer({ groupId: 'record', maxWaitTimeInMs: 100 });
  await consumer.connect();
  undo.push(() => consumer.disconnect());
  await consumer.subscribe({ topics: [...topics, ...facts], fromBeginning: true });
  const messages = [];
  await consumer.run({
    eachMessage: async ({ topic, message: { key, value, headers } }) => {
      const text = Object.fromEntries(
        Object.entries(headers ?? {}).map(([name, bytes]) => [name, String(bytes)]),
      );
      messages.push({ topic, key: key && String(key), value: value && String(value), headers: text });
    },
  });
  return messages;
}

function isNoHeartbeat({ topic }) {
  return !topic.includes('heartbeat');
}

async function until(what, probe, deadlineMs = 60_000) {
  const end = Date.now() + deadlineMs;
  while (!(await probe())) {
    if (Date.now() > end) throw new Error(`${what}: not within ${deadlineMs / 1000} s`);
    await new Promise((done) => setTimeout(done, 50));
  }
}
