/** Counts of one SKU as a stock event carries them. `version` is the public one: it only grows. */
export interface LiveCounts {
  sku: string;
  available: number;
  held: number;
  sold: number;
  version: number;
  /** When the ledger committed them, RFC 3339 UTC. */
  asOf: string;
}

/**
 * Decides which counts of one drop are sent and when: pure, the time is an argument of each call.
 *
 * The newest state wins, and two ordinary frames are at least `gapMs` apart. A change to or from zero available is sent at once, and never merged
 * with a later change back: shoppers act on exactly these changes.
 */
export class StockCoalescer {
  private readonly newest = new Map<string, LiveCounts>();
  private pending = new Map<string, LiveCounts>();
  private lastFrameAtMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly gapMs: number) {}

  /** The newest counts known of a SKU, sent or not. */
  get(sku: string): LiveCounts | undefined {
    return this.newest.get(sku);
  }

  /** Stores counts without sending them: a new reader's snapshot contains them. */
  prime(counts: readonly LiveCounts[]): void {
    for (const it of counts) if (this.isNews(it)) this.newest.set(it.sku, it);
  }

  /** Adds counts in commit order; returns the frames to send at once, in order. */
  offer(counts: readonly LiveCounts[], nowMs: number): LiveCounts[][] {
    const frames: LiveCounts[][] = [];
    let crossed = new Set<string>();
    for (const it of counts) {
      if (!this.isNews(it)) continue;
      if (this.crosses(it)) {
        if (crossed.has(it.sku)) {
          frames.push(this.take(nowMs));
          crossed = new Set();
        }
        crossed.add(it.sku);
      }
      this.newest.set(it.sku, it);
      this.pending.set(it.sku, it);
    }
    if (crossed.size > 0) frames.push(this.take(nowMs));
    return frames;
  }

  /** When the pending counts may be sent; null when there are none. */
  dueAtMs(): number | null {
    return this.pending.size === 0 ? null : this.lastFrameAtMs + this.gapMs;
  }

  /** The pending counts, if they are due. */
  flush(nowMs: number): LiveCounts[] | null {
    const due = this.dueAtMs();
    return due === null || nowMs < due ? null : this.take(nowMs);
  }

  private isNews(it: LiveCounts): boolean {
    const known = this.newest.get(it.sku);
    return known === undefined || it.version > known.version;
  }

  private crosses(it: LiveCounts): boolean {
    const known = this.newest.get(it.sku);
    return known !== undefined && known.available > 0 !== it.available > 0;
  }

  private take(nowMs: number): LiveCounts[] {
    const frame = [...this.pending.values()];
    this.pending = new Map();
    this.lastFrameAtMs = nowMs;
    return frame;
  }
}
