import { Cluster, Redis } from 'ioredis';
import type { Logger } from '@holdfast/observability';
import { RedisConnection } from './redis-connection';
import { commonOptions, leaveWhenDemoted, reconnectDelayMs } from './redis-options';
import { parseRedisUrls, publicAddress, type RedisAddress } from './redis-url';

export interface OpenRedisOptions {
  /** One URL is a plain server, several are nodes of a Redis Cluster. */
  urls: readonly string[];
  /** Shown in CLIENT LIST and in the log. */
  name: string;
  logger: Logger;
}

// Callers have deadlines of 50 to 100 ms, so a command may follow only one or two redirects.
const REDIRECTIONS_MAX = 3;
const CLUSTER_BUSY_RETRY_MS = 20;
// A promoted replica is found within this time, even without a request to the dead master.
const SLOTS_REFRESH_EVERY_MS = 1_000;
const SLOTS_REFRESH_TIMEOUT_MS = 500;

/**
 * Opens a connection that reconnects: it connects in the background, fails calls at once while Redis is
 * unreachable, and recovers within a fraction of a second. Throws only for an invalid URL.
 */
export function openRedis({ urls, name, logger }: OpenRedisOptions): RedisConnection {
  const address = parseRedisUrls(urls);
  const client = address.nodes.length > 1 ? openCluster(address, name) : openServer(address, name);
  logChanges(client, logger.child({ part: 'redis', name }));
  return new RedisConnection(client, publicAddress(address));
}

function openServer(address: RedisAddress, name: string): Redis {
  const [node] = address.nodes;
  return new Redis({
    ...commonOptions(address, name),
    ...node,
    db: address.db,
    enableOfflineQueue: false,
    enableAutoPipelining: true,
    retryStrategy: reconnectDelayMs,
    reconnectOnError: leaveWhenDemoted(),
  });
}

function openCluster(address: RedisAddress, name: string): Cluster {
  return new Cluster(address.nodes, {
    redisOptions: commonOptions(address, name),
    enableOfflineQueue: false,
    enableAutoPipelining: true,
    clusterRetryStrategy: reconnectDelayMs,
    // Without it a node that restarts would stay removed until another node names it again.
    clusterNodeRetryStrategy: reconnectDelayMs,
    maxRedirections: REDIRECTIONS_MAX,
    // The drops of a dead node do without it at once; callers do not wait for a failover.
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    retryDelayOnTryAgain: CLUSTER_BUSY_RETRY_MS,
    slotsRefreshInterval: SLOTS_REFRESH_EVERY_MS,
    slotsRefreshTimeout: SLOTS_REFRESH_TIMEOUT_MS,
  });
}

/**
 * Logs once that a server is unreachable and once that it has recovered, however often the client retries.
 */
function logChanges(client: Redis | Cluster, logger: Logger): void {
  const away = new Set<string>();
  const lost = (where: string, reason: string) => {
    if (away.has(where)) return;
    away.add(where);
    logger.warn({ where, reason }, 'Redis is unreachable, reconnecting');
  };
  const back = (where: string) => {
    if (away.delete(where)) logger.info({ where }, 'Redis is reachable again');
  };
  if (client instanceof Cluster) {
    client.on('error', (error: Error) => lost('cluster', wordOf(error)));
    client.on('ready', () => back('cluster'));
    client.on('node error', (error: Error, node: string) => lost(node, wordOf(error)));
    client.on('+node', (node: Redis) => {
      const where = `${node.options.host}:${node.options.port}`;
      node.on('ready', () => back(where));
      node.on('close', () => lost(where, 'connection closed'));
    });
    // A node that was removed (resharding) is not logged again.
    client.on('-node', (node: Redis) => void away.delete(`${node.options.host}:${node.options.port}`));
    return;
  }
  const where = `${client.options.host}:${client.options.port}`;
  client.on('error', (error: Error) => lost(where, wordOf(error)));
  client.on('close', () => lost(where, 'connection closed'));
  client.on('ready', () => back(where));
}

/**
 * The code, or the first word of a reply such as WRONGPASS. Messages may carry arguments of commands, a
 * password among them.
 */
function wordOf(error: Error & { code?: string }): string {
  return error.code ?? /^[A-Z]{3,}\b/.exec(error.message)?.[0] ?? error.name;
}
