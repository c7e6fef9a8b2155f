import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { productFolder, startChild, untilReady } from '@holdfast/process';
import { STOP_MS } from './stop-times';
import { queryRedis } from './query-redis';
import { redisVersion } from './given';
import { writeSecret } from './java';
import { requireProgram } from './programs';
import { type Server, type ServerOptions, takePorts } from './server';

const base = join(productFolder(), 'infra/redis/redis.conf');

export interface RedisOptions extends ServerOptions {
  password?: string;
  /** Over infra/redis/redis.conf. */
  set?: Readonly<Record<string, string | number>>;
}

/** Starts a Redis from PATH or Debian on loopback, and resolves once it answers PING. */
export async function startRedis({ dir, port, password, set = {}, say }: RedisOptions): Promise<Server> {
  const command = await requireProgram('redis-server', {
    say,
    instead: 'name a running one in REDIS_URL',
  });
  await takePorts('Redis', dir, [port], say);
  mkdirSync(dir, { recursive: true });
  const conf = join(dir, 'redis.conf');
  const here = {
    bind: '127.0.0.1',
    port,
    dir: JSON.stringify(dir),
    ...(password ? { requirepass: password } : {}),
    ...set,
  };
  const lines = Object.entries(here).map(([key, value]) => `${key} ${value}`);
  // The password is in a file that only the owner can read, not in the arguments, which every local user can see.
  writeSecret(conf, `${readFileSync(base, 'utf8')}\n${lines.join('\n')}\n`);
  const logFile = join(dir, 'redis.log');
  const graceMs = STOP_MS.servers;
  const child = await startChild({ name: 'redis', command, args: [conf], logFile, cwd: dir, graceMs });
  const node = { port, password };
  await untilReady(child, async () => (await queryRedis(node, 'PING')) === 'PONG', { what: 'Redis', say });
  const version = redisVersion(await queryRedis(node, 'INFO', 'server')) ?? 'unknown';
  return { ...child, address: `redis://127.0.0.1:${port}`, version };
}
