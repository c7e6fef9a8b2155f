import { LiveFeed, type LiveListener, type LiveMessage } from '@holdfast/contracts';
import type { LuaCall } from '../lua-script';
import { openSubscriber, type RedisSubscriber } from '../open-subscriber';
import { RedisCalls } from '../redis-calls';
import type { RedisConnection } from '../redis-connection';
import { lua } from './lua/lua.generated';
import { decodeMessage, encodeMessage } from './view-codec';
import { LEASE_KEY, VIEW_CHANNEL } from './view-keys';

export interface RedisLiveFeedOptions {
  redis: RedisConnection;
  /** Hears of messages that could not be published, and of listeners that throw. */
  onFault(fault: unknown): void;
}

const PUBLISH_DEADLINE_MS = 500;

/**
 * The live feed through Redis. At most once: what is published while Redis is away is lost, and readers read again what they may have missed. So
 * `publish` does not reject, or a Redis that is away would hold up the change stream.
 */
export class RedisLiveFeed extends LiveFeed {
  private readonly publishMessage: LuaCall;
  private readonly listeners = new Set<LiveListener>();
  private subscriber: RedisSubscriber | undefined;

  constructor(private readonly options: RedisLiveFeedOptions) {
    super();
    const calls = new RedisCalls(options.redis, { what: 'the live feed', deadlineMs: PUBLISH_DEADLINE_MS });
    this.publishMessage = calls.script(lua.publishMessage);
  }

  override async publish(message: LiveMessage): Promise<void> {
    try {
      await this.publishMessage([LEASE_KEY], [VIEW_CHANNEL, encodeMessage(message)]);
    } catch (fault) {
      this.options.onFault(fault);
    }
  }

  /** Hears nothing before `listen`. */
  override subscribe(listener: LiveListener): () => void {
    const own: LiveListener = (message) => listener(message);
    this.listeners.add(own);
    return () => void this.listeners.delete(own);
  }

  /** Opens the connection on which messages come. Resolves when nothing published from now on is missed. */
  listen(urls: readonly string[], name: string): Promise<void> {
    return new Promise((resolve) => {
      this.subscriber ??= openSubscriber({
        urls,
        name,
        onMessage: (_channel, text) => this.hear(text),
        onUp: resolve,
      });
      void this.subscriber.subscribe(VIEW_CHANNEL);
    });
  }

  close(): void {
    this.subscriber?.close();
  }

  private hear(text: string): void {
    const message = decodeMessage(text);
    if (message === null || message.kind === 'lease') return;
    const heard: LiveMessage =
      message.kind === 'stock' ? { kind: 'stock', dropId: message.dropId, rows: message.rows } : message;
    for (const listener of [...this.listeners]) {
      if (!this.listeners.has(listener)) continue;
      try {
        listener(heard);
      } catch (fault) {
        this.options.onFault(fault);
      }
    }
  }
}
