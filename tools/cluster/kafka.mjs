// One Kafka broker in KRaft mode, for one machine.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askBroker } from './ask-kafka.mjs';
import { startChild, untilReady } from './child.mjs';
import { ClusterError } from './errors.mjs';
import { findJava, javaArgs, javaEnv, properties } from './java.mjs';
import { javaClient, ownListener, writeSecret } from './kafka-listener.mjs';
import { versions } from './maven.mjs';
import { isFree } from './ports.mjs';
import { endStray } from './stray.mjs';

/**
 * Starts the broker and returns once it answers a metadata request.
 * @param {{dir: string, libs: string, port: number, controllerPort: number, password: string, say?: (line: string) => void,
 *   listener?: import('./kafka-listener.mjs').Listener}} where
 *   `dir` keeps everything of the broker; `libs` comes from maven.mjs; `password` is of the one login that it serves, `listener` another way
 *   of being reached
 * @returns with `security`, what a client needs
 */
export async function startKafka({
  dir,
  libs,
  port,
  controllerPort,
  password,
  say = () => undefined,
  listener = ownListener(password),
}) {
  const java = findJava();
  mkdirSync(dir, { recursive: true });
  await endStray(dir, say);
  for (const each of [port, controllerPort]) {
    if (!(await isFree(each)))
      throw new ClusterError(`port ${each}, meant for Kafka, is in use by something else`);
  }
  const conf = join(dir, 'server.properties');
  const here = { ...addresses(dir, port, controllerPort, listener), ...listener.settings };
  writeSecret(conf, properties(['broker.properties'], here));
  // For Kafka's own tools: --command-config.
  writeSecret(join(dir, 'client.properties'), properties([], javaClient(listener.security)));
  const ownLog = join(dir, 'kafka.log');
  await formatOnce({ dir, conf, java, libs, ownLog, formatArgs: listener.formatArgs, say });
  const child = await startChild({
    name: 'kafka',
    command: java,
    args: [...javaArgs({ libs, logFile: ownLog }), 'kafka.Kafka', conf],
    logFile: join(dir, 'kafka.out'),
    ownLog,
    cwd: dir,
    env: javaEnv,
    graceMs: 4_000, // it needs about one; after a hard end it reads its log again at the next start, no more
  });
  const address = `127.0.0.1:${port}`;
  await untilReady(
    child,
    async () => {
      const { brokers, controllerId } = await askBroker({ broker: address, security: listener.security });
      return brokers > 0 && controllerId >= 0;
    },
    { what: 'Kafka', say },
  );
  return { ...child, kind: 'kafka', address, security: listener.security, version: versions().kafka };
}

function addresses(dir, port, controllerPort, { protocols }) {
  const listeners = `CLIENT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`;
  return {
    listeners,
    'listener.security.protocol.map': `CLIENT:${protocols.client},CONTROLLER:${protocols.controller}`,
    'advertised.listeners': listeners,
    'controller.quorum.bootstrap.servers': `127.0.0.1:${controllerPort}`,
    'log.dirs': join(dir, 'data'),
  };
}

/** Our own mark, written at the end: a format cut short must be done again, and Kafka's own files do not tell. */
async function formatOnce({ dir, conf, java, libs, ownLog, formatArgs, say }) {
  const mark = join(dir, 'formatted');
  if (existsSync(mark)) return;
  say('Formatting the storage of Kafka …');
  rmSync(join(dir, 'data'), { recursive: true, force: true });
  const clusterId = Buffer.concat([Buffer.from('H'), randomBytes(15)]).toString('base64url'); // no leading dash, it would read as an option
  const tool = [
    'kafka.tools.StorageTool',
    'format',
    '--standalone',
    '-t',
    clusterId,
    '-c',
    conf,
    ...formatArgs,
  ];
  const child = await startChild({
    name: 'kafka-format',
    command: java,
    args: [...javaArgs({ libs, logFile: ownLog, heapMb: 64 }), ...tool],
    logFile: join(dir, 'format.out'),
    cwd: dir,
    env: javaEnv,
  });
  const { code } = await child.exited;
  if (code !== 0) throw new ClusterError(`the storage of Kafka could not be formatted:\n${child.lastLog()}`);
  writeFileSync(mark, clusterId);
}
