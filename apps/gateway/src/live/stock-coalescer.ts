import { isSoldOut, looksAlike, restricted, type ShownStock, type StockDisplay } from '@holdfast/contracts';

/** What shoppers see of one SKU. `version` is the public one: it only grows. */
export type LiveCounts = ShownStock & { sku: string };

/**
 * Decides which counts of one drop are sent and when: pure, the time is an argument of each call.
 *
 * The newest state wins, and two ordinary frames are at least `gapMs` apart. A change to or from zero available is sent at once, and never merged
 * with a later change back: shoppers act on exactly these changes. Where shoppers see no numbers, what looks the same to them is not sent: the
 * time of a frame would tell them of a sale.
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

  /** Whether readers would see a difference. */
  changes(it: LiveCounts): boolean {
    const known = this.newest.get(it.sku);
    return !known || (this.isNews(it) && !looksAlike(known, it));
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
      const known = this.newest.get(it.sku);
      if (!this.isNews(it)) continue;
      if (known && looksAlike(known, it)) {
        this.newest.set(it.sku, it);
        continue;
      }
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

  /** Takes counts of another display than those known, and returns them. Nothing of theirs waits any more: the caller sends a snapshot. */
  turn(counts: readonly LiveCounts[]): LiveCounts[] {
    const turned = counts.filter((it) => {
      const known = this.newest.get(it.sku);
      return known !== undefined && it.version > known.version && it.display !== known.display;
    });
    for (const it of turned) {
      this.newest.set(it.sku, it);
      this.pending.delete(it.sku);
    }
    return turned;
  }

  /**
   * The display has changed: `counts` are what is known under the new one, and of what is newer than them no more is seen than it allows. Nothing
   * waits any more: the caller sends a snapshot.
   */
  redisplay(counts: readonly LiveCounts[], display: StockDisplay): void {
    for (const it of counts)
      if (it.version >= (this.newest.get(it.sku)?.version ?? 0)) this.newest.set(it.sku, it);
    for (const [sku, it] of this.newest) this.newest.set(sku, { sku, ...restricted(it, display) });
    this.pending = new Map();
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
    return known !== undefined && isSoldOut(known) !== isSoldOut(it);
  }

  private take(nowMs: number): LiveCounts[] {
    const frame = [...this.pending.values()];
    this.pending = new Map();
    this.lastFrameAtMs = nowMs;
    return frame;
  }
}
