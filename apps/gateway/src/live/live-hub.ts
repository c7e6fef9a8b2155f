import type { LiveFeed, LiveMessage, ShopperDrop, StockView } from '@holdfast/contracts';
import { type Clock, isGhostId, LONE_READERS_SHARE_MAX, READERS_SHARE_MAX } from '@holdfast/kernel';
import { BroadcastPump } from './broadcast-pump';
import { FrameIds } from './frame-ids';
import { LiveChannel, type LiveContext } from './live-channel';
import { retryFrame } from './live-frame';
import type { LiveReader } from './live-reader';
import type { LiveSettings } from './live-settings';

/** Reads a drop as shoppers see it; null when there is none. */
export interface ReadsDrops {
  get(dropId: string): Promise<ShopperDrop | null>;
}

/**
 * `full`: no room for another reader, shutting down, or the counts have not arrived yet; `quota`: the drop's
 * merchant has as many readers here as one merchant may have.
 */
export type Admission = 'joined' | 'not-found' | 'full' | 'quota';

export interface LiveStats {
  readers: number;
  drops: number;
  frames: number;
  slowReaders: number;
  refused: number;
}

const READY_POLL_MS = 25;
/** Under which the readers of all ghosts are counted; no merchant has such an id. */
const GHOSTS = 'ghosts';
const STOP_RETRY_MS = { from: 500, step: 67, steps: 64 }; // spread over about 5 s, so that readers do not reconnect together

/**
 * The live counts of all drops with readers at this gateway. It subscribes to the projector's feed and keeps one channel for each drop.
 *
 * No reader may see older counts than before. So a channel opens only when the counts of all its items are there. A reader that reconnects (with a
 * Last-Event-ID) may have seen counts elsewhere, before a restart or at another gateway: the view catches up with these first.
 */
export class LiveHub {
  private readonly channels = new Map<string, LiveChannel>();
  private readonly opening = new Map<
    string,
    { channel: Promise<LiveChannel | Admission>; early: LiveMessage[] }
  >();
  private readonly counted = { frames: 0, slowReaders: 0, refused: 0 };
  private readonly context: LiveContext;
  /** Joined and joining readers: the bound counts both. */
  private readers = 0;
  private readonly readersOf = new Map<string, number>();
  private staleSince: string | null = null;
  private stopped = false;
  private unsubscribe: (() => void) | undefined;
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(
    private readonly directory: ReadsDrops,
    private readonly stockView: StockView,
    private readonly feed: LiveFeed,
    private readonly clock: Clock,
    private readonly settings: LiveSettings,
  ) {
    this.context = {
      clock,
      settings,
      counted: this.counted,
      pump: new BroadcastPump(settings.sliceReaders),
      staleSince: () => this.staleSince,
    };
  }

  start(): void {
    this.unsubscribe ??= this.feed.subscribe((message) => this.onMessage(message));
    this.heartbeat ??= setInterval(() => void this.beat(), this.settings.heartbeatMs);
    void this.readFreshness();
  }

  /** Tells all readers to reconnect, at different times, and admits no more. */
  stop(): void {
    this.stopped = true;
    this.unsubscribe?.();
    clearInterval(this.heartbeat);
    let turn = 0;
    for (const channel of this.channels.values()) {
      channel.close();
      for (const reader of channel.readers) {
        turn = (turn + 1) % STOP_RETRY_MS.steps;
        reader.end(retryFrame(STOP_RETRY_MS.from + turn * STOP_RETRY_MS.step));
      }
    }
  }

  *readersByDrop(): Iterable<[dropId: string, readers: number]> {
    for (const [dropId, { readers }] of this.channels) if (readers.size > 0) yield [dropId, readers.size];
  }

  stats(): LiveStats {
    return { readers: this.readers, drops: this.channels.size, ...this.counted };
  }

  /**
   * Admits a reader. `connect` is called on admission, and returns null if the client has disconnected. The caller must call `leave` once for each
   * reader that `connect` returned. Throws what reading the drop throws.
   * @param ofMerchantMax readers of one merchant's drops; null: as many as there is room for
   */
  async enter(
    dropId: string,
    lastEventId: number | undefined,
    connect: () => LiveReader | null,
    ofMerchantMax: number | null = null,
  ): Promise<Admission> {
    if (this.stopped || this.readers >= this.settings.readersMax) return this.refuse();
    this.readers += 1;
    let joined = false;
    try {
      const channel = await this.channelFor(dropId, lastEventId);
      if (!(channel instanceof LiveChannel)) return channel === 'full' ? this.refuse() : channel;
      if (this.stopped) return this.refuse();
      const isGhost = isGhostId(dropId);
      if (isGhost && !this.hasRoomForGhosts()) return this.refuse();
      const merchantId = isGhost ? GHOSTS : channel.merchantId;
      if (!isGhost && ofMerchantMax !== null && !this.hasRoomFor(merchantId, ofMerchantMax))
        return this.refuse('quota');
      const reader = connect();
      joined = reader !== null;
      if (reader) {
        reader.merchantId = merchantId;
        this.count(merchantId, 1);
        channel.join(reader, lastEventId);
      }
      return 'joined';
    } finally {
      if (!joined) this.readers -= 1;
    }
  }

  /** The reader's connection has closed. */
  leave(dropId: string, reader: LiveReader): void {
    this.readers -= 1;
    this.count(reader.merchantId, -1);
    reader.forget();
    const channel = this.channels.get(dropId);
    channel?.readers.delete(reader);
    if (channel?.readers.size === 0) this.forget(dropId, channel);
  }

  private refuse(why: 'full' | 'quota' = 'full'): Admission {
    this.counted.refused += 1;
    return why;
  }

  private hasRoomFor(merchantId: string, ofMerchantMax: number): boolean {
    const own = this.readersOf.get(merchantId) ?? 0;
    if (own >= ofMerchantMax) return false;
    const others = this.readersOf.size - Number(own > 0) - Number(this.readersOf.has(GHOSTS));
    const isAlone = others === 0;
    const share = isAlone ? LONE_READERS_SHARE_MAX : READERS_SHARE_MAX;
    return own < Math.max(1, Math.floor(this.settings.readersMax * share));
  }

  /** A rehearsal leaves places for readers of real drops. */
  private hasRoomForGhosts(): boolean {
    return (this.readersOf.get(GHOSTS) ?? 0) < Math.floor(this.settings.readersMax * READERS_SHARE_MAX);
  }

  private count(merchantId: string, change: number): void {
    const readers = (this.readersOf.get(merchantId) ?? 0) + change;
    if (readers > 0) this.readersOf.set(merchantId, readers);
    else this.readersOf.delete(merchantId);
  }

  private forget(dropId: string, channel: LiveChannel): void {
    channel.close();
    this.channels.delete(dropId);
  }

  /** Nothing may be awaited between its answer and the reader's joining: the channel closes when its last reader leaves. */
  private async channelFor(
    dropId: string,
    lastEventId: number | undefined,
  ): Promise<LiveChannel | Admission> {
    const channel = this.channels.get(dropId) ?? (await this.open(dropId));
    if (!(channel instanceof LiveChannel) || lastEventId === undefined) return channel;
    // Newer rows are published on the feed, so the channel has them when this resolves.
    const catchUp = () => this.stockView.catchUp(dropId, FrameIds.timeOf(lastEventId));
    if (!(await catchUp())) {
      if (!(await this.within(catchUp))) return 'full';
      // A message may have been lost while the view caught up.
      this.channels.get(dropId)?.stock(await this.stockView.ofDrop(dropId));
    }
    return this.channels.get(dropId) ?? this.open(dropId);
  }

  /** Coalesces concurrent requests. */
  private open(dropId: string): Promise<LiveChannel | Admission> {
    const under = this.opening.get(dropId);
    if (under) return under.channel;
    const early: LiveMessage[] = [];
    const channel = this.tryOpen(dropId, early).finally(() => this.opening.delete(dropId));
    this.opening.set(dropId, { channel, early });
    return channel;
  }

  private async tryOpen(dropId: string, early: LiveMessage[]): Promise<LiveChannel | Admission> {
    let found: LiveChannel | Admission = 'full';
    await this.within(async () => {
      const drop = await this.directory.get(dropId);
      if (!drop) {
        found = 'not-found';
        return true;
      }
      const channel = new LiveChannel(drop, this.context);
      channel.prime(await this.stockView.ofDrop(dropId));
      for (const message of early) if (message.kind === 'stock') channel.prime(message.rows);
      if (channel.complete) found = channel;
      return channel.complete;
    });
    const opened = found as LiveChannel | Admission;
    if (opened instanceof LiveChannel) {
      this.channels.set(dropId, opened);
      if (early.some((message) => message.kind === 'drop')) void this.reread(dropId, opened);
    }
    return opened;
  }

  /** Polls until `probe` resolves with true; false at the deadline. */
  private async within(probe: () => Promise<boolean>): Promise<boolean> {
    const end = this.clock.monotonicMs() + this.settings.readyWaitMs;
    for (;;) {
      if (await probe()) return true;
      if (this.stopped || this.clock.monotonicMs() >= end) return false;
      await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS));
    }
  }

  private onMessage(message: LiveMessage): void {
    switch (message.kind) {
      case 'stock':
        this.opening.get(message.dropId)?.early.push(message);
        this.channels.get(message.dropId)?.stock(message.rows);
        return;
      case 'drop': {
        this.opening.get(message.dropId)?.early.push(message);
        const channel = this.channels.get(message.dropId);
        // In the next turn: the directory receives the same message, perhaps after this, and must not answer from before it.
        if (channel) setImmediate(() => void this.reread(message.dropId, channel));
        return;
      }
      case 'stale':
        return this.setStale(message.since);
      case 'fresh':
        return this.setStale(null);
    }
  }

  private setStale(since: string | null): void {
    const changed = (since === null) !== (this.staleSince === null);
    this.staleSince = since;
    if (!changed) return;
    for (const channel of this.channels.values()) {
      if (since === null) channel.send('fresh', { at: this.timestamp() });
      else channel.send('stale', { since });
    }
  }

  /** True when the view is fresh. */
  private async readFreshness(): Promise<boolean> {
    try {
      const { staleSince } = await this.stockView.freshness();
      this.setStale(staleSince);
      return staleSince === null;
    } catch {
      return false; // the view is unreachable; the next heartbeat retries
    }
  }

  private async reread(dropId: string, channel: LiveChannel): Promise<void> {
    try {
      const drop = await this.directory.get(dropId);
      if (this.channels.get(dropId) !== channel) return;
      if (drop) channel.update(drop);
      // It was deleted: readers that come back are told that there is none.
      else for (const reader of channel.readers) reader.end(retryFrame(STOP_RETRY_MS.from));
    } catch {
      // Inventory is unreachable: the next heartbeat retries, and readers keep what they have.
    }
  }

  /** Heartbeat for readers and proxies. Also repairs counts that the feed failed to deliver. */
  private async beat(): Promise<void> {
    const now = this.clock.monotonicMs();
    for (const [dropId, channel] of this.channels) {
      if (channel.readers.size === 0) {
        this.forget(dropId, channel);
        continue;
      }
      for (const reader of channel.readers) {
        if (!reader.check(now, this.settings.stalledMsMax)) this.counted.slowReaders += 1;
      }
      channel.send('heartbeat', { serverTime: this.timestamp() });
    }
    await this.readFreshness();
    for (const [dropId, channel] of [...this.channels]) {
      await this.reread(dropId, channel);
      try {
        channel.heal(await this.stockView.ofDrop(dropId));
      } catch {
        return; // the view is unreachable: the next heartbeat repairs
      }
    }
  }

  private timestamp(): string {
    return new Date(this.clock.now()).toISOString();
  }
}
