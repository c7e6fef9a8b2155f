// A standalone Kafka Connect worker with the Debezium connector, for one machine. It comes back after a crash in 2–3 s; a distributed
// worker (docker-compose.yml) first waits for its group's session to end.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startChild, untilReady } from './child.mjs';
import { ClusterError } from './errors.mjs';
import { findJava, javaArgs, javaEnv, properties } from './java.mjs';
import { versions } from './maven.mjs';
import { isFree } from './ports.mjs';
import { endStray } from './stray.mjs';

/**
 * Starts the worker and returns once GET /health says 200. The connector is put there by infra/debezium/register.mjs: a worker that
 * gets it as a file dies when PostgreSQL happens to be down.
 * @param {{dir: string, libs: string, port: number, brokers: string, cdc: object, say?: (line: string) => void}} where
 *   `cdc` holds the variables that the connector's configuration names: CDC_HOST, CDC_PORT, CDC_DATABASE, CDC_USER, CDC_PASSWORD
 */
export async function startConnect({ dir, libs, port, brokers, cdc, say = () => undefined }) {
  const java = findJava();
  mkdirSync(dir, { recursive: true });
  await endStray(dir, say);
  if (!(await isFree(port)))
    throw new ClusterError(`port ${port}, meant for Kafka Connect, is in use by something else`);
  const conf = join(dir, 'worker.properties');
  const ownLog = join(dir, 'connect.log');
  const here = {
    'bootstrap.servers': brokers,
    listeners: `http://127.0.0.1:${port}`,
    'rest.advertised.host.name': '127.0.0.1',
    'plugin.path': join(libs, 'plugins'),
    // The only state of a standalone worker: without it the connector takes a new snapshot.
    'offset.storage.file.filename': join(dir, 'offsets'),
  };
  writeFileSync(conf, properties(['connect.properties'], here));
  const child = await startChild({
    name: 'connect',
    command: java,
    args: [...javaArgs({ libs, logFile: ownLog }), 'org.apache.kafka.connect.cli.ConnectStandalone', conf],
    logFile: join(dir, 'connect.out'),
    ownLog,
    cwd: dir,
    env: { ...javaEnv, ...cdc },
    // It would say goodbye for up to 15 s, and for 46 s without its broker. Cut short it repeats its last second, which nobody minds.
    graceMs: 2_000,
  });
  const address = `http://127.0.0.1:${port}`;
  await untilReady(child, () => isHealthy(address), { what: 'Kafka Connect', say });
  return { ...child, kind: 'connect', address, version: versions().debezium };
}

/** GET /health is 200 only while the worker really works; `/status` would still say RUNNING for a dead one. */
export async function isHealthy(address, timeoutMs = 2_000) {
  const answer = await fetch(`${address}/health`, { signal: AbortSignal.timeout(timeoutMs) });
  await answer.body?.cancel();
  return answer.status === 200;
}
