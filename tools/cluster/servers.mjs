// The servers of the cluster mode as one: what is named in the environment is used, the rest is started under the data folder, kept
// running, and stopped in the order in which stopping is quick.
import { join } from 'node:path';
import { register } from '../../infra/debezium/register.mjs';
import { watchConnect } from './connect-watch.mjs';
import { REST_USERNAME, startConnect } from './connect.mjs';
import { OPEN_KAFKA } from './ask-kafka.mjs';
import { askBrokers, askRedisNodes, askWorker } from './given.mjs';
import { startKafka } from './kafka.mjs';
import { ownListener } from './kafka-listener.mjs';
import { withLogin, withoutLogin } from './logins.mjs';
import { assembleKafka } from './maven.mjs';
import { literalSource, noteOwnConnector } from './own-connector.mjs';
import { choosePorts } from './ports.mjs';
import { startRedis } from './redis.mjs';
import { endStray } from './stray.mjs';
import { supervise } from './supervisor.mjs';

// A worker that comes back must not keep its supervisor waiting for PostgreSQL: the watch goes on from there.
const REGISTER_AGAIN_MS = 20_000;
// Selling does not need the stream, so a long snapshot must not keep the product from starting.
const STREAMING_MS_MAX = 30_000;

/**
 * @typedef {object} Component as in run.json and `holdfast topology`
 * @property {string} name @property {string} kind @property {number|null} pid null for what was not started here
 * @property {string} address without secrets @property {string|null} version
 * @property {'up'|'down'|'degraded'} [state] of what was started here; what was named is asked by whoever wants to know
 */

/**
 * Starts Redis and Kafka, side by side. The stream comes later (`startStream`): it needs the migrations.
 * @param {{dataDir: string, redisPassword?: string, kafkaPassword: string, say?: (line: string) => void,
 *   given?: {redisUrl?: string, kafkaBrokers?: string, kafkaSecurity?: import('./ask-kafka.mjs').KafkaSecurity}}} how
 * @returns {Promise<{redisUrl: string, kafkaBrokers: string, kafkaSecurity: import('./ask-kafka.mjs').KafkaSecurity, components: () => Promise<Component[]>, stop: () => Promise<void>}>}
 */
export async function startServers({
  dataDir,
  redisPassword,
  kafkaPassword,
  given = {},
  say = () => undefined,
}) {
  // Before ports are chosen: what is about to end still holds the ones to be used again.
  await Promise.all(['redis', 'kafka', 'connect'].map((name) => endStray(join(dataDir, name), say)));
  const ports = await choosePorts(join(dataDir, 'cluster'), ['redis', 'kafka', 'kafkaController']);
  const started = await settleAll([
    given.redisUrl ? null : keepRedis({ dataDir, port: ports.redis, password: redisPassword, say }),
    given.kafkaBrokers ? null : keepKafka({ dataDir, ports, password: kafkaPassword, say }),
  ]);
  const [redis, kafka] = started;
  const named = {
    redis: given.redisUrl && notOurs('redis', given.redisUrl, await askRedisNodes(given.redisUrl)),
    kafka:
      given.kafkaBrokers &&
      notOurs('kafka', given.kafkaBrokers, await askBrokers(given.kafkaBrokers, given.kafkaSecurity)),
  };
  const auth = redisPassword ? `:${redisPassword}@` : '';
  return {
    redisUrl: given.redisUrl ?? `redis://${auth}127.0.0.1:${ports.redis}`,
    kafkaBrokers: given.kafkaBrokers ?? `127.0.0.1:${ports.kafka}`,
    kafkaSecurity: given.kafkaBrokers
      ? (given.kafkaSecurity ?? OPEN_KAFKA)
      : ownListener(kafkaPassword).security,
    components: async () => [
      redis ? describe(redis, 'redis') : named.redis,
      kafka ? describe(kafka, 'kafka') : named.kafka,
    ],
    stop: async () => void (await Promise.all(started.map((server) => server?.stop()))),
  };
}

/**
 * Starts Connect, registers the connector and looks after it. After the migrations and the making of logins; stop it before the broker, which
 * else makes it wait for a minute.
 * @param {{dataDir: string, kafkaBrokers: string, kafkaSecurity?: import('./ask-kafka.mjs').KafkaSecurity, databaseUrl: string,
 *   connectPassword: string, given?: {connectUrl?: string}, slot?: string, say?: (line: string) => void}} how
 *   `databaseUrl` has the login that reads the log; `slot` is a name in the whole PostgreSQL server: two products on one need two
 */
export async function startStream(how) {
  const { dataDir, databaseUrl, given = {}, slot = 'holdfast_cdc', say = () => undefined } = how;
  const overrides = { 'slot.name': slot };
  let connect = null;
  let connectUrl = given.connectUrl;
  if (connectUrl) {
    // That worker's environment is not ours to set.
    Object.assign(overrides, literalSource({ databaseUrl }));
    await register({ connectUrl, overrides, say });
    noteOwnConnector(dataDir, overrides);
  } else {
    const { port } = await connectPort(dataDir);
    connectUrl = withLogin(`http://127.0.0.1:${port}`, {
      username: REST_USERNAME,
      password: how.connectPassword,
    });
    connect = await keepConnect({ ...how, port, connectUrl, overrides, say });
  }
  const watch = watchConnect({
    connectUrl,
    databaseUrl,
    overrides,
    say,
    kill: () =>
      connect ? connect.kill() : say(`Kafka Connect at ${withoutLogin(connectUrl)} does not answer`),
    busy: () => connect !== null && connect.state !== 'up',
  });
  await untilStreaming(watch, say);
  const named = connect ? null : notOurs('connect', connectUrl, await askWorker(connectUrl));
  return {
    connectUrl,
    components: async () => [
      named ?? {
        ...describe(connect, 'connect'),
        state: connect.state === 'up' ? watch.state() : 'down',
      },
    ],
    stop: async () => {
      await watch.stop();
      await connect?.stop();
    },
  };
}

/** A connector with a task may still be taking its snapshot: the stream is up when somebody reads the slot. */
async function untilStreaming(watch, say) {
  const end = Date.now() + STREAMING_MS_MAX;
  for (;;) {
    await watch.look();
    if (watch.state() === 'up') return;
    if (Date.now() > end)
      return say('The change stream is not up yet: counts are shown as stale until it is');
    await new Promise((done) => setTimeout(done, 200));
  }
}

function keepRedis({ dataDir, port, password, say }) {
  const start = () => startRedis({ dir: join(dataDir, 'redis'), port, password, say });
  return announce(supervise({ name: 'Redis', start, say }), say);
}

async function keepKafka({ dataDir, ports, password, say }) {
  const libs = await assembleKafka({ say });
  const { kafka: port, kafkaController: controllerPort } = ports;
  const start = () => startKafka({ dir: join(dataDir, 'kafka'), libs, port, controllerPort, password, say });
  return announce(supervise({ name: 'Kafka', start, say }), say);
}

async function keepConnect({
  dataDir,
  kafkaBrokers,
  kafkaSecurity,
  databaseUrl,
  connectPassword,
  port,
  connectUrl,
  overrides,
  say,
}) {
  const libs = await assembleKafka({ say });
  const source = literalSource({ databaseUrl });
  const cdc = {
    CDC_HOST: source['database.hostname'],
    CDC_PORT: source['database.port'],
    CDC_DATABASE: source['database.dbname'],
    CDC_USER: source['database.user'],
    CDC_PASSWORD: source['database.password'],
  };
  let first = true;
  const start = () =>
    startConnect({
      ...{ dir: join(dataDir, 'connect'), libs, port, password: connectPassword, cdc, say },
      ...{ brokers: kafkaBrokers, security: kafkaSecurity },
    });
  const onUp = async (_child, signal) => {
    await register({
      connectUrl,
      overrides,
      say,
      signal,
      ...(first ? {} : { deadlineMs: REGISTER_AGAIN_MS }),
    });
    first = false;
  };
  return announce(supervise({ name: 'Kafka Connect', start, onUp, say }), say);
}

async function announce(starting, say) {
  const server = await starting;
  say(`${server.child.name} ${server.child.version} answers at ${server.child.address}`);
  return server;
}

async function connectPort(dataDir) {
  const { connect } = await choosePorts(join(dataDir, 'cluster'), ['connect']);
  return { port: connect };
}

/** When one fails the others are stopped before it is told: nothing half started stays behind. */
async function settleAll(startings) {
  const results = await Promise.allSettled(startings);
  const failed = results.find(({ status }) => status === 'rejected');
  if (!failed) return results.map(({ value }) => value);
  await Promise.all(results.map(({ value }) => value?.stop()));
  throw failed.reason;
}

const STATES = { up: 'up', starting: 'degraded', down: 'down' };
const known = new WeakMap();

/** While it is down the last process, address and version are shown: that is where it comes back. */
function describe(server, kind) {
  if (server.child) known.set(server, server.child);
  const { pid, address, version } = known.get(server) ?? { pid: null, address: '', version: null };
  return {
    name: kind,
    kind,
    pid,
    address,
    state: STATES[server.state],
    version,
  };
}

function notOurs(kind, address, { version }) {
  return { name: kind, kind, pid: null, address: withoutLogin(address), version };
}
