import type { LiveFeed, StockView } from '@holdfast/contracts';
import type { Clock } from '@holdfast/kernel';

/** How far the stream may be behind before viewers are told. They must know within 3 s; a heartbeat, its way and a turn of this watch come on top. */
export const STALE_AFTER_MS = 2_000;

export const FRESHNESS_EVERY_MS = 200;

/** Tells the view and its readers when the source of counts falls behind or comes back: each change once. */
export class WatchFreshness {
  private stale: boolean | null = null;
  private readonly startedAtMs: number;

  constructor(
    private readonly lagMs: () => number | null,
    private readonly view: StockView,
    private readonly feed: LiveFeed,
    private readonly clock: Clock,
  ) {
    this.startedAtMs = clock.now();
  }

  /** Before the first sign of life nothing shown is known to be true. */
  async check(): Promise<void> {
    const lagMs = this.lagMs();
    const stale = lagMs === null || lagMs > STALE_AFTER_MS;
    if (stale === this.stale) return;
    if (stale) {
      const since = new Date(lagMs === null ? this.startedAtMs : this.clock.now() - lagMs).toISOString();
      await this.view.setFreshness({ staleSince: since });
      await this.feed.publish({ kind: 'stale', since });
    } else {
      await this.view.setFreshness({ staleSince: null });
      await this.feed.publish({ kind: 'fresh' });
    }
    this.stale = stale;
  }
}
