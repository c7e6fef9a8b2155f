import type { LiveFeed, LiveMessage, MerchantDropRef } from '@holdfast/contracts';
import type { Background } from '@holdfast/kernel';
import type { LiveReader } from '../live-reader';
import { LaunchChannel, type LaunchContext } from './launch-channel';

/** The figures of a drop so far, as the contract shows them; null: not a drop of this merchant. */
export type ReadsStats = (ref: MerchantDropRef) => Promise<object | null>;

/** `full`: no room for another watcher, or shutting down. */
export type LaunchAdmission =
  { kind: 'joined'; end: (reason: string) => void } | 'not-found' | 'full' | 'gone';

const STOP_RETRY_MS = { from: 500, step: 67, steps: 64 }; // spread over about 5 s, so that watchers do not reconnect together

/** The launches that merchants watch at this gateway: one channel for each drop, however many watch it. */
export class LaunchHub implements Background {
  private readonly channels = new Map<string, LaunchChannel>();
  private readonly opening = new Map<string, { dropId: string; changed: boolean; done: Promise<boolean> }>();
  /** Joined and joining watchers: the bound counts both. */
  private watchers = 0;
  private stopped = false;
  private unsubscribe: (() => void) | undefined;

  constructor(
    private readonly feed: LiveFeed,
    private readonly readStats: ReadsStats,
    private readonly context: LaunchContext,
  ) {}

  start(): void {
    this.unsubscribe ??= this.feed.subscribe((message) => this.onMessage(message));
  }

  /** Tells all watchers to reconnect, at different times, and admits no more. */
  stop(): void {
    this.stopped = true;
    this.unsubscribe?.();
    let turn = 0;
    const retryMs = () => {
      turn = (turn + 1) % STOP_RETRY_MS.steps;
      return STOP_RETRY_MS.from + turn * STOP_RETRY_MS.step;
    };
    for (const channel of this.channels.values()) {
      channel.close();
      channel.sendAway(retryMs);
    }
  }

  stats(): { watchers: number; drops: number; ticks: number; slowWatchers: number } {
    return { watchers: this.watchers, drops: this.channels.size, ...this.context.counted };
  }

  /**
   * Admits a watcher. `connect` is called on admission, and returns null if the client has disconnected. The caller must call `leave` once for
   * each reader that `connect` returned. Throws `ServiceUnavailable`.
   */
  async enter(ref: MerchantDropRef, connect: () => LiveReader | null): Promise<LaunchAdmission> {
    if (this.stopped || this.watchers >= this.context.settings.watchersMax) return 'full';
    this.watchers += 1;
    let joined = false;
    try {
      const stats = await this.readStats(ref);
      if (!stats) return 'not-found';
      const key = keyOf(ref);
      let channel = this.channels.get(key);
      while (!channel) {
        if (!(await this.open(key, ref))) return this.stopped ? 'full' : 'not-found';
        // Closed again, if the others who waited for it have all gone.
        channel = this.channels.get(key);
      }
      // From here to the joining nothing is awaited: a channel closes with its last watcher.
      if (this.stopped) return 'full';
      const watcher = connect();
      if (!watcher) return 'gone';
      joined = true;
      channel.join(watcher, stats);
      return { kind: 'joined', end: (reason) => channel.end(watcher, reason) };
    } finally {
      if (!joined) {
        this.watchers -= 1;
        this.forgetUnwatched(ref);
      }
    }
  }

  /** The watcher's connection has closed. */
  leave(ref: MerchantDropRef, watcher: LiveReader): void {
    this.watchers -= 1;
    watcher.forget();
    this.channels.get(keyOf(ref))?.watchers.delete(watcher);
    this.forgetUnwatched(ref);
  }

  private forgetUnwatched(ref: MerchantDropRef): void {
    const key = keyOf(ref);
    const channel = this.channels.get(key);
    if (!channel || channel.watchers.size > 0) return;
    channel.close();
    this.channels.delete(key);
  }

  /** Coalesces concurrent requests. False: there is no such drop, or this gateway stops. */
  private open(key: string, ref: MerchantDropRef): Promise<boolean> {
    const under = this.opening.get(key);
    if (under) return under.done;
    const opening = { dropId: ref.dropId, changed: false, done: Promise.resolve(false) };
    opening.done = this.tryOpen(key, ref, opening).finally(() => this.opening.delete(key));
    this.opening.set(key, opening);
    return opening.done;
  }

  private async tryOpen(key: string, ref: MerchantDropRef, opening: { changed: boolean }): Promise<boolean> {
    const read = await this.context.source.drop(ref);
    if (!read || this.stopped) return false;
    const channel = new LaunchChannel(ref, read, this.context);
    this.channels.set(key, channel);
    if (opening.changed) channel.reread();
    return true;
  }

  private onMessage(message: LiveMessage): void {
    if (message.kind !== 'drop') return;
    for (const channel of this.channels.values()) if (channel.ref.dropId === message.dropId) channel.reread();
    for (const opening of this.opening.values())
      if (opening.dropId === message.dropId) opening.changed = true;
  }
}

const keyOf = ({ merchantId, dropId }: MerchantDropRef) => JSON.stringify([merchantId, dropId]);
