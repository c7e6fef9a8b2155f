// One Kafka broker in KRaft mode, for one machine.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startChild, untilReady } from './child.mjs';
import { ClusterError } from './errors.mjs';
import { findJava, javaArgs, javaEnv, properties } from './java.mjs';
import { askMetadata } from './kafka-wire.mjs';
import { versions } from './maven.mjs';
import { isFree } from './ports.mjs';
import { endStray } from './stray.mjs';

/**
 * Starts the broker and returns once it answers a metadata request.
 * @param {{dir: string, libs: string, port: number, controllerPort: number, say?: (line: string) => void}} where
 *   `dir` keeps everything of the broker; `libs` comes from maven.mjs
 */
export async function startKafka({ dir, libs, port, controllerPort, say = () => undefined }) {
  const java = findJava();
  mkdirSync(dir, { recursive: true });
  await endStray(dir, say);
  for (const each of [port, controllerPort]) {
    if (!(await isFree(each)))
      throw new ClusterError(`port ${each}, meant for Kafka, is in use by something else`);
  }
  const conf = join(dir, 'server.properties');
  writeFileSync(conf, properties(['broker.properties'], addresses(dir, port, controllerPort)));
  const ownLog = join(dir, 'kafka.log');
  await formatOnce({ dir, conf, java, libs, ownLog, say });
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
  await untilReady(
    child,
    async () => {
      const { brokers, controllerId } = await askMetadata({ port });
      return brokers > 0 && controllerId >= 0;
    },
    { what: 'Kafka', say },
  );
  return { ...child, kind: 'kafka', address: `127.0.0.1:${port}`, version: versions().kafka };
}

function addresses(dir, port, controllerPort) {
  const listeners = `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`;
  return {
    listeners,
    'advertised.listeners': listeners,
    'controller.quorum.bootstrap.servers': `127.0.0.1:${controllerPort}`,
    'log.dirs': join(dir, 'data'),
  };
}

/** Our own mark, written at the end: a format cut short must be done again, and Kafka's own files do not tell. */
async function formatOnce({ dir, conf, java, libs, ownLog, say }) {
  const mark = join(dir, 'formatted');
  if (existsSync(mark)) return;
  say('Formatting the storage of Kafka …');
  rmSync(join(dir, 'data'), { recursive: true, force: true });
  const clusterId = Buffer.concat([Buffer.from('H'), randomBytes(15)]).toString('base64url'); // no leading dash, it would read as an option
  const tool = ['kafka.tools.StorageTool', 'format', '--standalone', '-t', clusterId, '-c', conf];
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
