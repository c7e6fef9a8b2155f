import { setTimeout as pause } from 'node:timers/promises';
import { PeriodicWorker } from '@holdfast/kernel';
import type { InProcessFeed } from '@holdfast/contracts';
import { decodeMessage, VIEW_CHANNEL } from '@holdfast/redis';
import type { LeaseWatch } from './lease-watch';
import type { MirroredStockView } from './mirrored-stock-view';

/** Opens the channel: `openSubscriber` of Redis, or a test's substitute. */
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
  feed: InProcessFeed;
  onTrouble: (error: unknown) => void;
  /** How often drops are compared with the view; while the source is stale, how often the ledger is polled. */
  everyMs?: number;
}

const EVERY_MS = 2_000;
const READ_AGAIN_PAUSE_MS = 250; // between two tries to read what was missed; until then the counts are marked stale

/** Connects the mirror with the projectors' channel, and repairs what the channel has lost. */
export class ViewLink {
  private channel: ReturnType<OpensChannel> | undefined;
  private readonly upkeep: PeriodicWorker;
  /** Counts the connections: work that began on an earlier one is void. */
  private life = 0;

  constructor(private readonly options: ViewLinkOptions) {
    const { everyMs = EVERY_MS, onTrouble } = options;
    this.upkeep = new PeriodicWorker({ everyMs, run: () => this.compare(), onError: onTrouble });
  }

  start(): void {
    const { open, lease } = this.options;
    lease.start();
    this.channel = open({
      onMessage: (_channel, text) => this.hear(text),
      onUp: () => void this.up(),
      onDown: () => this.down(),
    });
    void this.channel.subscribe(VIEW_CHANNEL);
    this.upkeep.start();
  }

  stop(): void {
    void this.upkeep.stop();
    this.life += 1;
    this.options.lease.stop();
    this.channel?.close();
  }

  private hear(text: string): void {
    const { mirror, lease, feed } = this.options;
    const message = decodeMessage(text);
    switch (message?.kind) {
      case 'stock':
        return mirror.onStock(message.dropId, message.rows, message.position);
      case 'lease':
        return lease.renewed(message);
      case 'drop':
        return feed.publish(message);
      default: // stale and fresh follow from the lease here
    }
  }

  private async up(): Promise<void> {
    const life = (this.life += 1);
    // Renewals count only after everything that was missed has been reloaded.
    while (life === this.life && !(await this.options.mirror.renew())) await pause(READ_AGAIN_PAUSE_MS);
    if (life === this.life) this.options.lease.open();
  }

  private down(): void {
    this.life += 1;
    this.options.lease.close();
  }

  private async compare(): Promise<void> {
    const { mirror, lease } = this.options;
    mirror.tidy();
    if (lease.since === null) await mirror.compare();
    else await mirror.poll();
  }
}
