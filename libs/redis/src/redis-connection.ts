import slotOf from 'cluster-key-slot';
import { Cluster, type Redis } from 'ioredis';
import type { LuaCall, LuaScript } from './lua-script';

/** A plain Redis or a Redis Cluster; both have the same commands. */
export type RedisClient = Redis | Cluster;

type Command = (...args: unknown[]) => Promise<unknown>;

/** One long-lived connection (or one for each node of a cluster), with its health. */
export class RedisConnection {
  private readonly upListeners = new Set<() => void>();
  /** By node: how often a connection that was in use was lost. */
  private readonly losses = new Map<string, number>();

  constructor(
    /** Without a deadline: use `RedisCalls` where a caller waits. */
    readonly client: RedisClient,
    /** Without login. */
    readonly address: string,
  ) {
    client.on('ready', () => {
      for (const listener of this.upListeners) listener();
    });
    if (client instanceof Cluster) client.on('+node', (node: Redis) => this.watch(node));
    else this.watch(client);
  }

  get isCluster(): boolean {
    return this.client instanceof Cluster;
  }

  /**
   * True while commands can be sent. For a cluster: while its slots are known; a single node may be
   * unreachable.
   */
  get isUp(): boolean {
    return this.client.status === 'ready';
  }

  /** The nodes in use: the one server, or the known members of the cluster. */
  get nodes(): Redis[] {
    return this.client instanceof Cluster ? this.client.nodes('all') : [this.client];
  }

  /** Called after each connect, including the first. Returns how to stop listening. */
  onUp(listener: () => void): () => void {
    this.upListeners.add(listener);
    return () => void this.upListeners.delete(listener);
  }

  /**
   * Identifies the server that keeps a key, and how often the connection to it was lost. While this id is
   * unchanged, the last write to the key is still there as far as this process can know. Other nodes of a
   * cluster do not change it; a slot that moves to another node does.
   */
  placeOf(key: string): string {
    const node = this.client instanceof Cluster ? masterOf(this.client, key) : addressOf(this.client);
    return `${node} ${this.losses.get(node) ?? 0}`;
  }

  /**
   * Loads nothing yet: the first call on each connection sends the text, later ones its hash; a flushed cache
   * is filled again.
   */
  script({ name, keys: keyCount, text }: LuaScript): LuaCall {
    const methods = this.client as unknown as Record<string, Command>;
    if (methods[name] === undefined) this.client.defineCommand(name, { numberOfKeys: keyCount, lua: text });
    return (keys, args) => {
      if (keys.length !== keyCount)
        return Promise.reject(new Error(`${name} takes ${keyCount} keys, not ${keys.length}`));
      return methods[name]!(...keys, args);
    };
  }

  close(): void {
    this.client.disconnect();
  }

  private watch(node: Redis): void {
    let inUse = false;
    node.on('ready', () => (inUse = true));
    // A failed attempt to connect closes as well, several times a second while a node is unreachable; it
    // loses nothing.
    node.on('close', () => {
      endSilence(node);
      if (!inUse) return;
      inUse = false;
      const address = addressOf(node);
      this.losses.set(address, (this.losses.get(address) ?? 0) + 1);
    });
  }
}

function addressOf({ options: { host, port } }: Redis): string {
  return `${host}:${port}`;
}

/**
 * The client's timer for a silent socket (`socketTimeout`) outlives the connection that it was set for, and
 * would cut the next one, in use for less than a second (ioredis 5.11, `setSocketTimeout`).
 */
function endSilence(node: Redis): void {
  const timers = node as unknown as { socketTimeoutTimer: NodeJS.Timeout | undefined };
  clearTimeout(timers.socketTimeoutTimer);
  timers.socketTimeoutTimer = undefined;
}

/**
 * From the client's own map, which it updates at each redirect; anything else would need a request to a node.
 */
function masterOf(cluster: Cluster, key: string): string {
  const { slots } = cluster as unknown as { slots: readonly (readonly string[] | undefined)[] };
  return slots[slotOf(key)]?.[0] ?? 'nobody';
}
