import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KafkaSecurity } from '@holdfast/config';
import { startChild, StartError, untilReady } from '@holdfast/process';
import { STOP_MS } from './stop-times';
import { queryBroker } from './query-broker';
import { findJava, javaArgs, javaEnv, properties, writeSecret } from './java';
import { versions } from './kafka-jars';
import { javaClient, type KafkaListener, ownListener } from './kafka-listener';
import { ARCHIVE_MS_MAX, type JavaServerOptions, type Server, type ServerOptions, takePorts } from './server';

export interface KafkaOptions extends JavaServerOptions {
  controllerPort: number;
  /** Of its only login. */
  password: string;
  /** Another listener. */
  listener?: KafkaListener | undefined;
}

export interface KafkaServer extends Server {
  /** What a client needs. */
  readonly security: KafkaSecurity;
}

/** Starts one broker in KRaft mode, for one machine, and resolves once it answers a metadata request. */
export async function startKafka(options: KafkaOptions): Promise<KafkaServer> {
  const {
    dir,
    libs,
    port,
    controllerPort,
    password,
    say,
    listener = ownListener(password),
    archiveTo,
  } = options;
  const java = findJava();
  mkdirSync(dir, { recursive: true });
  await takePorts('Kafka', dir, [port, controllerPort], say);
  const conf = join(dir, 'server.properties');
  const here = { ...addresses(options, listener), ...listener.settings };
  writeSecret(conf, properties(['broker.properties'], here));
  // For Kafka's own tools: --command-config.
  writeSecret(join(dir, 'client.properties'), properties([], javaClient(listener.security)));
  const ownLog = join(dir, 'kafka.log');
  const jvm = { java, program: 'kafka', libs, logFile: ownLog } as const;
  const format = [...javaArgs({ ...jvm, heapMb: 64 }), 'kafka.tools.StorageTool', 'format'];
  await formatOnce(dir, java.command, [...format, '--standalone', '-c', conf, ...listener.formatArgs], say);
  const child = await startChild({
    name: 'kafka',
    command: java.command,
    args: [...javaArgs({ ...jvm, archiveTo }), 'kafka.Kafka', conf],
    logFile: join(dir, 'kafka.out'),
    ownLog,
    cwd: dir,
    env: javaEnv,
    // It needs about a second; after SIGKILL it only reads its log again at the next start.
    graceMs: archiveTo ? ARCHIVE_MS_MAX : STOP_MS.servers,
  });
  const { security } = listener;
  const address = `127.0.0.1:${port}`;
  const answers = async () => {
    const { brokers, controllerId } = await queryBroker({ broker: address, security });
    return brokers > 0 && controllerId >= 0;
  };
  await untilReady(child, answers, { what: 'Kafka', say });
  return { ...child, address, security, version: versions().kafka };
}

function addresses({ dir, port, controllerPort }: KafkaOptions, { protocols }: KafkaListener) {
  const listeners = `CLIENT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`;
  return {
    listeners,
    'listener.security.protocol.map': `CLIENT:${protocols.client},CONTROLLER:${protocols.controller}`,
    'advertised.listeners': listeners,
    'controller.quorum.bootstrap.servers': `127.0.0.1:${controllerPort}`,
    'log.dirs': join(dir, 'data'),
  };
}

/** Written at the end: an interrupted format must be repeated, and Kafka's own files do not show it. */
async function formatOnce(
  dir: string,
  command: string,
  args: readonly string[],
  say: ServerOptions['say'],
): Promise<void> {
  const mark = join(dir, 'formatted');
  if (existsSync(mark)) return;
  say?.('Formatting the storage of Kafka …');
  rmSync(join(dir, 'data'), { recursive: true, force: true });
  const clusterId = Buffer.concat([Buffer.from('H'), randomBytes(15)]).toString('base64url'); // no leading dash, it would read as an option
  const child = await startChild({
    name: 'kafka-format',
    command,
    args: [...args, '-t', clusterId],
    logFile: join(dir, 'format.out'),
    cwd: dir,
    env: javaEnv,
  });
  const { code } = await child.exited;
  if (code !== 0) throw new StartError(`the storage of Kafka could not be formatted:\n${child.lastLog()}`);
  writeFileSync(mark, clusterId);
}
