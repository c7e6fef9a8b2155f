import { join } from 'node:path';
import type { KafkaSecurity } from '@holdfast/config';
import { choosePorts, type Say, type Supervised } from '@holdfast/process';
import { connectUrl as urlOfConnect, startConnect } from '../servers/connect';
import { withoutLogin } from '../servers/connect-rest';
import { queryWorker } from '../servers/given';
import { assembleKafka } from '../servers/kafka-jars';
import { describe, keep, named, type Server, type ServerGroup } from '../servers/server';
import { type ConnectorConfig, literalSource } from './connector';
import { noteOwnConnector } from './own-connector';
import { register } from './register';
import { StreamWatch } from './watch-stream';

// A restarted worker must not keep its supervisor waiting for PostgreSQL: the watch continues from there.
const REGISTER_AGAIN_MS = 20_000;
// Selling does not need the stream, so a long snapshot must not keep the product from starting.
const STREAMING_MS_MAX = 30_000;

export interface StreamOptions {
  dataDir: string;
  kafkaBrokers: string;
  kafkaSecurity: KafkaSecurity;
  /** With the login that reads the log. */
  databaseUrl: string;
  connectPassword: string;
  /** Of a worker that is run elsewhere; null: one is started. */
  givenUrl: string | null;
  /** Unique in the PostgreSQL server: two products on one server need two names. */
  slot: string;
  say: Say;
}

export interface Stream extends ServerGroup {
  /** Of Kafka Connect, with its login. */
  connectUrl: string;
}

/**
 * Starts Connect unless one is configured, registers the connector and watches it. Runs after the migrations and the creation of logins. Stop it
 * before the broker, else it waits for the broker for a minute.
 */
export async function startStream(options: StreamOptions): Promise<Stream> {
  return options.givenUrl === null ? startOwn(options) : useGiven(options.givenUrl, options);
}

async function useGiven(connectUrl: string, options: StreamOptions): Promise<Stream> {
  const { dataDir, databaseUrl, slot, say } = options;
  // That worker's environment is not under our control.
  const overrides = { 'slot.name': slot, ...literalSource(databaseUrl) };
  await register({ connectUrl, overrides, say });
  noteOwnConnector(dataDir, overrides);
  const kill = () => say(`Kafka Connect at ${withoutLogin(connectUrl)} is not responding`);
  const watch = new StreamWatch({ connectUrl, databaseUrl, overrides, say, kill });
  await untilStreaming(watch, say);
  const { version } = await queryWorker(connectUrl);
  return {
    connectUrl,
    components: () => [named('connect', connectUrl, version)],
    stop: () => watch.stop(),
  };
}

async function startOwn(options: StreamOptions): Promise<Stream> {
  const { dataDir, connectPassword, databaseUrl, slot, say } = options;
  const { connect: port } = await choosePorts(join(dataDir, 'cluster'), ['connect']);
  const connectUrl = urlOfConnect(port, connectPassword);
  const overrides = { 'slot.name': slot };
  const connect = await keepConnect(options, port, connectUrl, overrides);
  const watch = new StreamWatch({
    ...{ connectUrl, databaseUrl, overrides, say },
    kill: () => connect.kill(),
    busy: () => connect.state !== 'up',
  });
  await untilStreaming(watch, say);
  return {
    connectUrl,
    components: () => [describe('connect', connect)],
    // At once: what the watch is asking fails with the worker, and waits no longer.
    stop: async () => void (await Promise.all([watch.stop(), connect.stop()])),
  };
}

async function keepConnect(
  options: StreamOptions,
  port: number,
  connectUrl: string,
  overrides: ConnectorConfig,
): Promise<Supervised<Server>> {
  const { dataDir, kafkaBrokers: brokers, kafkaSecurity: security, connectPassword: password, say } = options;
  const libs = await assembleKafka(say);
  const source = literalSource(options.databaseUrl);
  const cdc = {
    CDC_HOST: source['database.hostname'],
    CDC_PORT: source['database.port'],
    CDC_DATABASE: source['database.dbname'],
    CDC_USER: source['database.user'],
    CDC_PASSWORD: source['database.password'],
  };
  const start = () =>
    startConnect({ dir: join(dataDir, 'connect'), libs, port, brokers, security, password, cdc, say });
  let deadlineMs: number | undefined;
  return keep('Kafka Connect', say, start, async (_, signal) => {
    await register({ connectUrl, overrides, say, signal, deadlineMs });
    deadlineMs = REGISTER_AGAIN_MS;
  });
}

/** A connector with a task may still be taking its snapshot: the stream is up when the slot is active. */
async function untilStreaming(watch: StreamWatch, say: Say): Promise<void> {
  for (const end = Date.now() + STREAMING_MS_MAX; ;) {
    await watch.look();
    if (watch.state === 'up') return;
    if (Date.now() > end)
      return say('The change stream is not ready yet: counts are marked stale until it is');
    await new Promise((done) => setTimeout(done, 200));
  }
}
