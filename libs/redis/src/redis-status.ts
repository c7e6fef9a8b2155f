import { withDeadline } from '@holdfast/kernel';
import type { Redis } from 'ioredis';
import type { RedisConnection } from './redis-connection';

export interface RedisNodeStatus {
  /** host:port */
  address: string;
  up: boolean;
  /** Null while it is unreachable. */
  version: string | null;
}

/** For health and topology: `degraded` when some nodes of a cluster are unreachable. */
export interface RedisStatus {
  state: 'up' | 'down' | 'degraded';
  address: string;
  version: string | null;
  nodes: RedisNodeStatus[];
}

const STATUS_DEADLINE_MS = 500;

/** Reads the status of every node. Never rejects. */
export async function redisStatus(redis: RedisConnection): Promise<RedisStatus> {
  const nodes = await Promise.all(redis.nodes.map(nodeStatus));
  const up = nodes.filter((node) => node.up).length;
  const state = up === 0 || !redis.isUp ? 'down' : up < nodes.length ? 'degraded' : 'up';
  const version = nodes.find((node) => node.version !== null)?.version ?? null;
  return { state, address: redis.address, version, nodes };
}

async function nodeStatus(node: Redis): Promise<RedisNodeStatus> {
  const address = `${node.options.host}:${node.options.port}`;
  try {
    const { redis_version: version } = await nodeInfo(node, 'server');
    return { address, up: true, version: version ?? 'unknown' };
  } catch {
    return { address, up: false, version: null };
  }
}

/** One section of INFO as an object. Rejects when the node is unreachable or late. */
export async function nodeInfo(node: Redis, section: string): Promise<Record<string, string>> {
  if (node.status !== 'ready' && node.status !== 'wait') throw new Error('not connected');
  const text = await withDeadline(`INFO ${section}`, STATUS_DEADLINE_MS, node.info(section));
  const pairs = text.split('\r\n').filter((line) => line.includes(':'));
  return Object.fromEntries(
    pairs.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
}
