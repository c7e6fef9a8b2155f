import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type KafkaSecurity, OPEN_KAFKA } from '@holdfast/config';
import { startChild, untilReady } from '@holdfast/process';
import { STOP_MS } from './stop-times';
import { isHealthy, withLogin } from './connect-rest';
import { findJava, javaArgs, javaEnv, properties, quoted, writeSecret } from './java';
import { versions } from './kafka-jars';
import { javaClient } from './kafka-listener';
import { ARCHIVE_MS_MAX, type JavaServerOptions, type Server, takePorts } from './server';

/** The one login of the worker's REST API. */
const REST_USERNAME = 'holdfast';

/** The variables that the connector's configuration names. */
export type CdcVariables = Record<`CDC_${'HOST' | 'PORT' | 'DATABASE' | 'USER' | 'PASSWORD'}`, string>;

export interface ConnectOptions extends JavaServerOptions {
  brokers: string;
  /** What those brokers require. */
  security?: KafkaSecurity;
  /** Password of the login `holdfast`, the only one of the worker's REST API. */
  password: string;
  cdc: CdcVariables;
}

/** The address of the worker with its login. */
export function connectUrl(port: number, password: string): string {
  return withLogin(`http://127.0.0.1:${port}`, { username: REST_USERNAME, password });
}

/**
 * Starts a standalone Kafka Connect worker with the Debezium connector, for one machine, and resolves once GET /health returns 200. It recovers
 * from a crash in 2–3 s; a distributed worker (docker-compose.yml) first waits for its group's session to end. The connector is registered
 * afterwards: a worker that gets it as a file dies when PostgreSQL is down.
 */
export async function startConnect(options: ConnectOptions): Promise<Server & { url: string }> {
  const { dir, libs, port, brokers, security = OPEN_KAFKA, password, cdc, say, archiveTo } = options;
  const java = findJava();
  mkdirSync(dir, { recursive: true });
  await takePorts('Kafka Connect', dir, [port], say);
  const conf = join(dir, 'worker.properties');
  const ownLog = join(dir, 'connect.log');
  const address = `http://127.0.0.1:${port}`;
  const here = {
    'bootstrap.servers': brokers,
    ...clients(security),
    listeners: address,
    'rest.advertised.host.name': '127.0.0.1',
    'plugin.path': join(libs, 'plugins'),
    // The only state of a standalone worker: without it the connector takes a new snapshot.
    'offset.storage.file.filename': join(dir, 'offsets'),
  };
  writeSecret(conf, properties(['connect.properties'], here));
  const more = restLogin(dir, password);
  const child = await startChild({
    name: 'connect',
    command: java.command,
    args: [
      ...javaArgs({ java, program: 'connect', libs, logFile: ownLog, archiveTo, more }),
      'org.apache.kafka.connect.cli.ConnectStandalone',
      conf,
    ],
    logFile: join(dir, 'connect.out'),
    ownLog,
    cwd: dir,
    env: { ...javaEnv, ...cdc },
    // Its own shutdown takes up to 15 s, and 46 s without its broker. Cut short it repeats its last second, which is safe.
    graceMs: archiveTo ? ARCHIVE_MS_MAX : STOP_MS.servers,
  });
  const url = connectUrl(port, password);
  await untilReady(child, () => isHealthy(url), { what: 'Kafka Connect', say });
  return { ...child, address, url, version: versions().debezium };
}

/** The worker's own client, and those that it creates for connectors. */
function clients(security: KafkaSecurity): Record<string, string> {
  const one = Object.entries(javaClient(security));
  const prefixed = (prefix: string) => one.map(([key, value]) => [`${prefix}${key}`, value]);
  return Object.fromEntries(['', 'producer.', 'consumer.', 'admin.'].flatMap(prefixed)) as Record<
    string,
    string
  >;
}

/** Writes the files of the REST API's login; returns the JVM option that names them. */
function restLogin(dir: string, password: string): string[] {
  const [logins, jaas] = [join(dir, 'rest.logins'), join(dir, 'rest.jaas')];
  const module = 'org.apache.kafka.connect.rest.basic.auth.extension.PropertyFileLoginModule';
  writeSecret(logins, properties([], { [REST_USERNAME]: password }));
  writeSecret(jaas, `KafkaConnect {\n  ${module} required file=${quoted(logins)};\n};\n`);
  return [`-Djava.security.auth.login.config=${jaas}`];
}
