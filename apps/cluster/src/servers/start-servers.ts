import { join } from 'node:path';
import type { GivenServers, KafkaSecurity } from '@holdfast/config';
import { choosePorts, endStray, type Say, type Supervised } from '@holdfast/process';
import { queryBrokers, queryRedisNodes } from './given';
import { startKafka } from './kafka';
import { assembleKafka } from './kafka-jars';
import { ownListener } from './kafka-listener';
import { startRedis } from './redis';
import { describe, keep, named, type Server, type ServerGroup } from './server';

export interface ServersOptions {
  dataDir: string;
  redisPassword: string;
  kafkaPassword: string;
  given: Pick<GivenServers, 'redisUrl' | 'kafkaBrokers' | 'kafkaSecurity'>;
  say: Say;
}

export interface Servers extends ServerGroup {
  /** With its password. */
  redisUrl: string;
  kafkaBrokers: string;
  kafkaSecurity: KafkaSecurity;
}

const NONE = Promise.resolve(null);

/** Starts Redis and Kafka concurrently, each unless one is configured. The stream follows later (start-stream.ts): it needs the migrations. */
export async function startServers(options: ServersOptions): Promise<Servers> {
  const { dataDir, given, redisPassword, kafkaPassword, say } = options;
  // Before ports are chosen: stray servers still hold the ports to be used again.
  await Promise.all(['redis', 'kafka', 'connect'].map((name) => endStray(join(dataDir, name), say)));
  const ports = await choosePorts(join(dataDir, 'cluster'), ['redis', 'kafka', 'kafkaController']);
  const [redis, kafka] = await settleAll([
    given.redisUrl === null ? keepRedis(options, ports.redis) : NONE,
    given.kafkaBrokers === null ? keepKafka(options, ports.kafka, ports.kafkaController) : NONE,
  ]);
  const givenRedis = given.redisUrl === null ? null : await queryRedisNodes(given.redisUrl);
  const givenKafka =
    given.kafkaBrokers === null ? null : await queryBrokers(given.kafkaBrokers, given.kafkaSecurity);
  const redisUrl = given.redisUrl ?? `redis://:${redisPassword}@127.0.0.1:${ports.redis}`;
  const kafkaBrokers = given.kafkaBrokers ?? `127.0.0.1:${ports.kafka}`;
  return {
    redisUrl,
    kafkaBrokers,
    kafkaSecurity: kafka ? ownListener(kafkaPassword).security : given.kafkaSecurity,
    components: () => [
      redis ? describe('redis', redis) : named('redis', redisUrl, givenRedis!.version),
      kafka ? describe('kafka', kafka) : named('kafka', kafkaBrokers, givenKafka!.version),
    ],
    stop: async () => void (await Promise.all([redis?.stop(), kafka?.stop()])),
  };
}

function keepRedis({ dataDir, redisPassword: password, say }: ServersOptions, port: number) {
  return keep('Redis', say, () => startRedis({ dir: join(dataDir, 'redis'), port, password, say }));
}

async function keepKafka(
  { dataDir, kafkaPassword, say }: ServersOptions,
  port: number,
  controllerPort: number,
) {
  const libs = await assembleKafka(say);
  const dir = join(dataDir, 'kafka');
  return keep('Kafka', say, () =>
    startKafka({ dir, libs, port, controllerPort, password: kafkaPassword, say }),
  );
}

/** When one fails the others are stopped before this rejects: nothing is left half started. */
async function settleAll(
  startings: readonly Promise<Supervised<Server> | null>[],
): Promise<(Supervised<Server> | null)[]> {
  const results = await Promise.allSettled(startings);
  const failed = results.find((result) => result.status === 'rejected');
  const started = results.map((result) => (result.status === 'fulfilled' ? result.value : null));
  if (!failed) return started;
  for (const server of started) await server?.stop();
  throw failed.reason;
}
