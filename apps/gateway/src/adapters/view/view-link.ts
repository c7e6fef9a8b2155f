import { setTimeout as pause } from 'node:timers/promises';
import { decodeMessage, VIEW_CHANNEL } from '@holdfast/redis';
import type { GatewayFeed } from './gateway-feed';
import type { LeaseWatch } from './lease-watch';
import type { MirroredStockView } from './mirrored-stock-view';

/** How the link hears the channel: `openSubscriber` of Redis, or what a test puts in its place. */
export interface OpensChannel {
  (on: { onMessage(channel: string, text: string): void; onUp(): void; onDown(): void }): {
    subscribe(channel: string): Promise<void>;
    close(): void;
  };
}

export interface ViewLinkOptions {
  open: OpensChannel;
  mirror: MirroredStockView;
  lease: LeaseWatch;
  feed: GatewayFeed;
  onTrouble: (error: unknown) => void;
  /** How often drops are compared with the view; while the source stands still, how often the ledger is asked. */
  everyMs?: number;
}

const EVERY_MS = 2_000;
const READ_AGAIN_PAUSE_MS = 250; // between two tries to read what was missed; what is shown is marked stale meanwhile

/** Connects the mirror with the projectors' channel, and mends by itself what the channel has lost. */
export class ViewLink {
  private channel: ReturnType<OpensChannel> | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** Counts the connections: what was begun on an earlier one is void. */
  private life = 0;
  private busy = false;

  constructor(private readonly options: ViewLinkOptions) {}

  start(): void {
    const { open, lease, everyMs = EVERY_MS } = this.options;
    lease.start();
    this.channel = open({
      onMessage: (_channel, text) => this.hear(text),
      onUp: () => void this.up(),
      onDown: () => this.down(),
    });
    void this.channel.subscribe(VIEW_CHANNEL);
    this.timer = setInterval(() => void this.turn(), everyMs);
  }

  stop(): void {
    clearInterval(this.timer);
    this.life += 1;
    this.options.lease.stop();
    this.channel?.close();
  }

  private hear(text: string): void {
    const { mirror, lease, feed } = this.options;
    const message = decodeMessage(text);
    switch (message?.kind) {
      case 'stock':
        return mirror.heed(message.dropId, message.rows, message.position);
      case 'lease':
        return lease.renewed(message);
      case 'drop':
        return feed.tell(message);
      default: // stale and fresh are the lease's to say here
    }
  }

  private async up(): Promise<void> {
    const life = (this.life += 1);
    // Renewals count only after what was missed has been read again, all of it.
    while (life === this.life && !(await this.options.mirror.renew())) await pause(READ_AGAIN_PAUSE_MS);
    if (life === this.life) this.options.lease.open();
  }

  private down(): void {
    this.life += 1;
    this.options.lease.close();
  }

  private async turn(): Promise<void> {
    if (this.busy) return; // a turn that takes long is not overtaken
    this.busy = true;
    const { mirror, lease, onTrouble } = this.options;
    try {
      mirror.tidy();
      if (lease.since === null) await mirror.compare();
      else await mirror.poll();
    } catch (error) {
      onTrouble(error);
    } finally {
      this.busy = false;
    }
  }
}
