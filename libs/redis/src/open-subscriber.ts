import { withDeadline } from '@holdfast/kernel';
import { Redis } from 'ioredis';
import { commonOptions, reconnectDelayMs } from './redis-options';
import { parseRedisUrls, type RedisAddress } from './redis-url';

export interface SubscriberOptions {
  /**
   * As for `openRedis`. In a cluster it subscribes at one node, and at another when that one is lost: nodes
   * forward messages to each other.
   */
  urls: readonly string[];
  name: string;
  onMessage: (channel: string, message: string) => void;
  /**
   * All channels are subscribed, the first time or again. Messages published before it may have been missed.
   */
  onUp?: () => void;
  /** From now on messages may be missed. Called once for each `onUp`. */
  onDown?: () => void;
  /**
   * For a channel that is never silent for long: a cluster node that sends nothing for this long is left for
   * the next one. It may have been removed from the cluster, and still answer.
   */
  silentMsMax?: number;
}

const PING_EVERY_MS = 500;
// A server that vanished without closing the connection is noticed within 1.5 s.
const PING_DEADLINE_MS = 1_000;

/** Opens a dedicated connection for pub/sub, which reconnects and resubscribes. */
export function openSubscriber(options: SubscriberOptions): RedisSubscriber {
  return new RedisSubscriber(options, parseRedisUrls(options.urls));
}

/** Subscribes to channels. The connection is dedicated: a subscribed one cannot send other commands. */
export class RedisSubscriber {
  private readonly channels = new Set<string>();
  private client: Redis | null = null;
  private up = false;
  private closed = false;
  private tries = 0;
  /** Connections so far: each goes to the next node. */
  private opened = 0;
  private heardAt = 0;
  private pings: NodeJS.Timeout | null = null;
  private reopen: NodeJS.Timeout | null = null;

  constructor(
    private readonly options: SubscriberOptions,
    private readonly address: RedisAddress,
  ) {
    this.open();
  }

  /** True while no message can be missed. */
  get isUp(): boolean {
    return this.up;
  }

  /**
   * Subscribes from now on, also after reconnects. Resolves when it is subscribed, or at once while there is
   * no connection.
   */
  async subscribe(channel: string): Promise<void> {
    this.channels.add(channel);
    if (this.up) await this.client!.subscribe(channel).catch(() => this.restart());
  }

  async unsubscribe(channel: string): Promise<void> {
    this.channels.delete(channel);
    if (this.up) await this.client!.unsubscribe(channel).catch(() => this.restart());
  }

  close(): void {
    this.closed = true;
    if (this.reopen) clearTimeout(this.reopen);
    this.restart();
  }

  private open(): void {
    const { nodes, db } = this.address;
    const node = nodes[this.opened % nodes.length]!;
    this.opened += 1;
    const client = new Redis({
      ...commonOptions(this.address, this.options.name),
      ...node,
      db,
      retryStrategy: null,
      enableOfflineQueue: false,
      autoResubscribe: false,
    });
    this.client = client;
    client.on('error', () => undefined); // the next step after it is `end`
    client.on('message', (channel, message) => {
      this.heardAt = performance.now();
      this.options.onMessage(channel, message);
    });
    client.once('ready', () => void this.begin(client).catch(() => client.disconnect()));
    client.once('end', () => this.lost(client));
  }

  private async begin(client: Redis): Promise<void> {
    // Repeated until no channel was added in the meantime: one that is added while the others are being
    // subscribed must not be missed.
    const done = new Set<string>();
    for (;;) {
      const missing = [...this.channels].filter((channel) => !done.has(channel));
      if (missing.length === 0) break;
      await client.subscribe(...missing);
      for (const channel of missing) done.add(channel);
    }
    if (this.client !== client || this.closed) return;
    this.tries = 0;
    this.up = true;
    this.heardAt = performance.now();
    this.pings = setInterval(() => {
      if (this.isForgotten()) return client.disconnect();
      withDeadline('PING', PING_DEADLINE_MS, client.ping()).catch(() => client.disconnect());
    }, PING_EVERY_MS);
    this.options.onUp?.();
  }

  /** Without a cluster there is no other node. */
  private isForgotten(): boolean {
    const { silentMsMax = Infinity } = this.options;
    return this.address.nodes.length > 1 && performance.now() - this.heardAt > silentMsMax;
  }

  private lost(client: Redis): void {
    if (this.client !== client) return;
    this.client = null;
    if (this.pings) clearInterval(this.pings);
    const wasUp = this.up;
    this.up = false;
    this.tries += 1;
    if (!this.closed) this.reopen = setTimeout(() => this.open(), reconnectDelayMs(this.tries));
    if (wasUp) this.options.onDown?.();
  }

  private restart(): void {
    this.client?.disconnect();
  }
}
