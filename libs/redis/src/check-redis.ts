import type { RedisConnection } from './redis-connection';
import { nodeInfo } from './redis-status';

/**
 * Redis is reachable, but the product must not use it with these settings. The message says what to change.
 */
export class RedisMisconfigured extends Error {}

const VERSION_MIN = [6, 2] as const;

/**
 * Checks every reachable node: its version, and that it never evicts keys (a gate without its keys would let
 * everybody through, and limits would start again). An unreachable node is not checked: the product runs
 * without it, more slowly.
 * Throws `RedisMisconfigured`. Resolves to the number of nodes that answered.
 */
export async function checkRedis(redis: RedisConnection): Promise<number> {
  let answered = 0;
  for (const node of redis.nodes) {
    const where = `${node.options.host}:${node.options.port}`;
    // INFO shows the policy too, and providers that forbid CONFIG allow INFO.
    const about = await Promise.all([nodeInfo(node, 'server'), nodeInfo(node, 'memory')]).catch(() => null);
    if (about === null) continue;
    answered += 1;
    const [{ redis_version: version = '' }, { maxmemory_policy: policy }] = about;
    if (!isRecent(version))
      throw new RedisMisconfigured(
        `Redis at ${where} is version ${version}: at least ${VERSION_MIN.join('.')} is needed`,
      );
    if (policy !== undefined && policy !== 'noeviction')
      throw new RedisMisconfigured(
        `Redis at ${where} has maxmemory-policy ${policy}: it must be noeviction, because an evicted key opens a sold-out drop to ` +
          'everybody. Set "maxmemory-policy noeviction" in redis.conf, or with your provider.',
      );
  }
  return answered;
}

/** An unreadable version is accepted: forks have their own numbers. */
function isRecent(version: string): boolean {
  const [major, minor] = version.split('.').map(Number);
  if (major === undefined || minor === undefined || Number.isNaN(major) || Number.isNaN(minor)) return true;
  return major > VERSION_MIN[0] || (major === VERSION_MIN[0] && minor >= VERSION_MIN[1]);
}
