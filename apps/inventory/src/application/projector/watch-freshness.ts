import type { ViewFreshness } from '@holdfast/contracts';
import type { Clock } from '@holdfast/kernel';

/**
 * Lag of the stream from which it counts as stale. Viewers must know within 3 s, which includes a heartbeat,
 * its delivery and a run of this watch.
 */
export const STALE_AFTER_MS = 2_000;

export const FRESHNESS_EVERY_MS = 200;

/** Notifies the view once for each change between stale and fresh. */
export class WatchFreshness {
  private stale: boolean | null = null;
  private readonly startedAtMs: number;

  constructor(
    private readonly lagMs: () => number | null,
    private readonly setFreshness: (freshness: ViewFreshness) => Promise<void>,
    private readonly clock: Clock,
  ) {
    this.startedAtMs = clock.now();
  }

  /** Before the first heartbeat the counts are not known to be correct. */
  async check(): Promise<void> {
    const lagMs = this.lagMs();
    const stale = lagMs === null || lagMs > STALE_AFTER_MS;
    if (stale === this.stale) return;
    const sinceMs = lagMs === null ? this.startedAtMs : this.clock.now() - lagMs;
    await this.setFreshness({ staleSince: stale ? new Date(sinceMs).toISOString() : null });
    this.stale = stale;
  }
}
