// A standalone Kafka Connect worker with the Debezium connector, for one machine. It comes back after a crash in 2–3 s; a distributed
// worker (docker-compose.yml) first waits for its group's session to end.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { OPEN_KAFKA } from './ask-kafka.mjs';
import { startChild, untilReady } from './child.mjs';
import { ClusterError } from './errors.mjs';
import { findJava, javaArgs, javaEnv, properties } from './java.mjs';
import { javaClient, quoted, writeSecret } from './kafka-listener.mjs';
import { askRest, withLogin } from './logins.mjs';
import { versions } from './maven.mjs';
import { isFree } from './ports.mjs';
import { endStray } from './stray.mjs';

/** The one login of the worker's REST. */
export const REST_USERNAME = 'holdfast';

/**
 * Starts the worker and returns once GET /health says 200. The connector is put there by infra/debezium/register.mjs: a worker that
 * gets it as a file dies when PostgreSQL happens to be down.
 * @param {{dir: string, libs: string, port: number, brokers: string, security?: import('./ask-kafka.mjs').KafkaSecurity, password: string,
 *   cdc: object, say?: (line: string) => void}} where
 *   `security` is what those brokers want; `password` opens the worker's REST to the login `holdfast`, and nobody else;
 *   `cdc` holds the variables that the connector's configuration names: CDC_HOST, CDC_PORT, CDC_DATABASE, CDC_USER, CDC_PASSWORD
 * @returns with `url`, its address with that login
 */
export async function startConnect({
  dir,
  libs,
  port,
  brokers,
  security = OPEN_KAFKA,
  password,
  cdc,
  say = () => undefined,
}) {
  const java = findJava();
  mkdirSync(dir, { recursive: true });
  await endStray(dir, say);
  if (!(await isFree(port)))
    throw new ClusterError(`port ${port}, meant for Kafka Connect, is in use by something else`);
  const conf = join(dir, 'worker.properties');
  const ownLog = join(dir, 'connect.log');
  const here = {
    'bootstrap.servers': brokers,
    ...clients(security),
    listeners: `http://127.0.0.1:${port}`,
    'rest.advertised.host.name': '127.0.0.1',
    'plugin.path': join(libs, 'plugins'),
    // The only state of a standalone worker: without it the connector takes a new snapshot.
    'offset.storage.file.filename': join(dir, 'offsets'),
  };
  writeSecret(conf, properties(['connect.properties'], here));
  const login = restLogin(dir, password);
  const child = await startChild({
    name: 'connect',
    command: java,
    args: [
      ...javaArgs({ libs, logFile: ownLog, more: login }),
      'org.apache.kafka.connect.cli.ConnectStandalone',
      conf,
    ],
    logFile: join(dir, 'connect.out'),
    ownLog,
    cwd: dir,
    env: { ...javaEnv, ...cdc },
    // It would say goodbye for up to 15 s, and for 46 s without its broker. Cut short it repeats its last second, which nobody minds.
    graceMs: 2_000,
  });
  const address = `http://127.0.0.1:${port}`;
  const url = withLogin(address, { username: REST_USERNAME, password });
  await untilReady(child, () => isHealthy(url), { what: 'Kafka Connect', say });
  return { ...child, kind: 'connect', address, url, version: versions().debezium };
}

/** The worker's own client, and those that it makes for connectors. */
function clients(security) {
  const one = Object.entries(javaClient(security));
  const prefixed = (prefix) => one.map(([key, value]) => [`${prefix}${key}`, value]);
  return Object.fromEntries(['', 'producer.', 'consumer.', 'admin.'].flatMap(prefixed));
}

/** The files of the REST's login; returns the option that names them to the JVM. */
function restLogin(dir, password) {
  const [logins, jaas] = ['rest.logins', 'rest.jaas'].map((name) => join(dir, name));
  const module = 'org.apache.kafka.connect.rest.basic.auth.extension.PropertyFileLoginModule';
  writeSecret(logins, properties([], { [REST_USERNAME]: password }));
  writeSecret(jaas, `KafkaConnect {\n  ${module} required file=${quoted(logins)};\n};\n`);
  return [`-Djava.security.auth.login.config=${jaas}`];
}

/** GET /health is 200 only while the worker really works; `/status` would still say RUNNING for a dead one. */
export async function isHealthy(connectUrl, timeoutMs = 2_000) {
  const answer = await askRest(connectUrl, '/health', { signal: AbortSignal.timeout(timeoutMs) });
  await answer.body?.cancel();
  return answer.status === 200;
}
