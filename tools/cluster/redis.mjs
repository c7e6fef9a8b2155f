// Redis from PATH or Debian, on loopback: one server, or a small Redis Cluster for tests.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild, untilReady } from './child.mjs';
import { ClusterError } from './errors.mjs';
import { isFree } from './ports.mjs';
import { requireProgram } from './programs.mjs';
import { askRedis } from './resp.mjs';
import { endStray } from './stray.mjs';

const base = resolve(dirname(fileURLToPath(import.meta.url)), '../../infra/redis/redis.conf');
const SLOTS = 16_384;

// A dead node of a cluster must stop its own drops only.
const CLUSTER_NODE = {
  'cluster-enabled': 'yes',
  'cluster-node-timeout': 2000,
  'cluster-require-full-coverage': 'no',
};

/**
 * Starts a server and returns once it answers PING.
 * @param {{dir: string, port: number, password?: string, set?: Record<string, string|number>, say?: (line: string) => void}} where
 */
export async function startRedis({ dir, port, password, set = {}, say = () => undefined }) {
  const program = await requireProgram('redis-server', 'redis-server', {
    say,
    instead: 'name a running one in REDIS_URL',
  });
  await endStray(dir, say);
  if (!(await isFree(port)))
    throw new ClusterError(`port ${port}, meant for Redis, is in use by something else`);
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
  // The password stands in a file for the owner alone, not among the arguments, which every local user can read.
  writeFileSync(conf, `${readFileSync(base, 'utf8')}\n${lines.join('\n')}\n`, { mode: 0o600 });
  const child = await startChild({
    name: 'redis',
    command: program,
    args: [conf],
    logFile: join(dir, 'redis.log'),
    cwd: dir,
  });
  await untilReady(child, async () => (await askRedis({ port, password }, ['PING'])) === 'PONG', {
    what: 'Redis',
    say,
  });
  const info = await askRedis({ port, password }, ['INFO', 'server']);
  const version = /redis_version:(\S+)/.exec(info)?.[1] ?? 'unknown';
  return { ...child, kind: 'redis', address: `redis://127.0.0.1:${port}`, version };
}

/**
 * Starts a Redis Cluster of masters without replicas: each holds its share of the slots. For tests of the hash tags.
 * Each node also needs its port + 10000.
 */
export async function startRedisCluster({ dir, ports, say = () => undefined }) {
  const nodes = await Promise.all(
    ports.map((port) => startRedis({ dir: join(dir, String(port)), port, set: CLUSTER_NODE, say })),
  );
  const stop = async () => void (await Promise.all(nodes.map((node) => node.stop())));
  try {
    await joinNodes(ports);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    name: 'redis-cluster',
    nodes,
    address: nodes.map((node) => node.address).join(','),
    version: nodes[0].version,
    stop,
  };
}

async function joinNodes(ports) {
  const fresh = !/cluster_slots_assigned:[1-9]/.test(await askRedis({ port: ports[0] }, ['CLUSTER', 'INFO']));
  if (fresh) {
    for (const [index, port] of ports.entries()) {
      const from = Math.floor((index * SLOTS) / ports.length);
      const to = Math.floor(((index + 1) * SLOTS) / ports.length) - 1;
      await askRedis({ port }, ['CLUSTER', 'ADDSLOTSRANGE', from, to]);
      await askRedis({ port }, ['CLUSTER', 'SET-CONFIG-EPOCH', index + 1]);
      if (index > 0) await askRedis({ port: ports[0] }, ['CLUSTER', 'MEET', '127.0.0.1', port]);
    }
  }
  await untilAllKnown(ports);
}

async function untilAllKnown(ports, deadlineMs = 20_000) {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const infos = await Promise.all(ports.map((port) => askRedis({ port }, ['CLUSTER', 'INFO'])));
    const all = infos.every(
      (info) =>
        info.includes('cluster_state:ok') &&
        info.includes(`cluster_known_nodes:${ports.length}`) &&
        info.includes(`cluster_slots_ok:${SLOTS}`),
    );
    if (all) return;
    if (Date.now() > end)
      throw new ClusterError(
        `the Redis nodes did not find each other within ${deadlineMs / 1000} s:\n${infos[0]}`,
      );
    await new Promise((done) => setTimeout(done, 50));
  }
}
