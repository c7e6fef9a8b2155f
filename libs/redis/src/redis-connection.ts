import { Cluster, type Redis } from 'ioredis';
import type { LuaCall, LuaScript } from './lua-script';

/** A plain Redis or a Redis Cluster; both understand the same commands. */
export type RedisClient = Redis | Cluster;

type Command = (...args: unknown[]) => Promise<unknown>;

/** One long-lived connection (or one for each node of a cluster), with what is known about its health. */
export class RedisConnection {
  private readonly upListeners = new Set<() => void>();
  private readonly downListeners = new Set<() => void>();
  private readonly nodeDownListeners = new Set<() => void>();

  constructor(
    /** Without a deadline: use `RedisCalls` wherever somebody waits. */
    readonly client: RedisClient,
    /** Without login. */
    readonly address: string,
  ) {
    client.on('ready', () => this.tell(this.upListeners));
    client.on('close', () => this.tell(this.downListeners));
    const nodeDown = () => this.tell(this.nodeDownListeners);
    if (client instanceof Cluster) client.on('+node', (node: Redis) => node.on('close', nodeDown));
    else client.on('close', nodeDown);
  }

  get isCluster(): boolean {
    return this.client instanceof Cluster;
  }

  /** True while commands can be sent. Of a cluster: while it is known which node serves what; a single node may be away. */
  get isUp(): boolean {
    return this.client.status === 'ready';
  }

  /** The nodes that are in use: the one server, or the members of the cluster that are known. */
  get nodes(): Redis[] {
    return this.client instanceof Cluster ? this.client.nodes('all') : [this.client];
  }

  /** Called each time the connection is there again, also the first time. Returns how to stop listening. */
  onUp(listener: () => void): () => void {
    return listen(this.upListeners, listener);
  }

  /** Called when the connection is lost. */
  onDown(listener: () => void): () => void {
    return listen(this.downListeners, listener);
  }

  /** Called when the connection to any node is lost: what it was told last may be lost, too. */
  onNodeDown(listener: () => void): () => void {
    return listen(this.nodeDownListeners, listener);
  }

  /** Loads nothing now: the first call on each connection sends the text, later ones its hash; a flushed cache is filled again. */
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

  private tell(listeners: ReadonlySet<() => void>): void {
    for (const listener of listeners) listener();
  }
}

function listen(listeners: Set<() => void>, listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
