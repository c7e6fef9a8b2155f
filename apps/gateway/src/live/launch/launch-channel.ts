import type { MerchantDropRead, MerchantDropRef, StockRow } from '@holdfast/contracts';
import { type Clock, isNewer } from '@holdfast/kernel';
import { renderMerchantDrop } from '../../entrypoints/http/routes/admin/drop-answers';
import { FrameIds } from '../frame-ids';
import { eventFrame, type LiveFrame, retryFrame, snapshotData, snapshotHead } from '../live-frame';
import type { LiveReader } from '../live-reader';
import type { LaunchSettings } from './launch-settings';
import type { LaunchSource } from './launch-source';
import { NO_RATES, RateMeter } from './rate-meter';

/** What channels share. */
export interface LaunchContext {
  source: LaunchSource;
  clock: Clock;
  settings: LaunchSettings;
  counted: { ticks: number; slowWatchers: number };
}

const RETRY_MS = 2_000;
const SECOND_MS = 1_000;
/** Where in a second a tick is made: the gateways' ticks of the seconds before have arrived by then. */
const TICK_AT_MS = 400;
const NEXT_AT_LEAST_MS = 500;

/** Counts of a SKU, as `stats` and `tick` of the contract have them. */
type Counts = Pick<StockRow, 'sku' | 'total' | 'available' | 'held' | 'sold'>;

/** One drop as its merchant watches it: one reading a second for all watchers, and each event encoded once. It exists while it has watchers. */
export class LaunchChannel {
  readonly watchers = new Set<LiveReader>();
  private readonly ids: FrameIds;
  private readonly meter: RateMeter;
  private rows: readonly StockRow[];
  private snapshot: { data: LiveFrame; madeAtMs: number } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private rereading: Promise<void> | undefined;
  private rereadAgain = false;
  private rereadAtMs: number;
  private closed = false;

  constructor(
    readonly ref: MerchantDropRef,
    private read: MerchantDropRead,
    private readonly context: LaunchContext,
  ) {
    this.ids = new FrameIds(context.clock);
    this.meter = new RateMeter(context.clock.now());
    this.rows = read.stock;
    this.rereadAtMs = context.clock.monotonicMs();
    this.wait(1);
  }

  /** `stats`: as the contract shows them. */
  join(watcher: LiveReader, stats: object): void {
    watcher.begin(snapshotHead(this.ids.next(), RETRY_MS), this.currentSnapshot(stats));
    this.watchers.add(watcher);
  }

  /** The drop's record has changed, or may have. Coalesces; never rejects. */
  reread(): void {
    if (this.rereading) this.rereadAgain = true;
    else this.rereading = this.readDrop().finally(() => this.afterReread());
  }

  /** Says that the caller may no longer read, and closes. */
  end(watcher: LiveReader, reason: string): void {
    watcher.end(eventFrame(this.ids.next(), 'end', { reason }));
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  private async readDrop(): Promise<void> {
    this.rereadAtMs = this.context.clock.monotonicMs();
    try {
      const read = await this.context.source.drop(this.ref);
      if (this.closed) return;
      if (!read) return this.endAll('deleted');
      const before = this.read;
      this.read = read;
      if (detailsOf(before) === detailsOf(read)) return;
      this.snapshot = undefined;
      this.send('drop', this.rendered());
    } catch {
      // Inventory is unreachable: the next interval retries, and watchers keep what they have.
    }
  }

  private afterReread(): void {
    this.rereading = undefined;
    if (!this.rereadAgain || this.closed) return;
    this.rereadAgain = false;
    this.reread();
  }

  private wait(seconds: number): void {
    const intoSecond = (this.context.clock.now() - TICK_AT_MS) % SECOND_MS;
    const delay = seconds * SECOND_MS - intoSecond;
    const after = delay < NEXT_AT_LEAST_MS ? delay + SECOND_MS : delay;
    this.timer = setTimeout(() => void this.tick(), after);
  }

  private async tick(): Promise<void> {
    const { clock, settings } = this.context;
    const body = await this.measure();
    if (this.closed) return;
    if (!body) this.endAll('deleted');
    // Also then: who does not read would stay for good.
    const now = clock.monotonicMs();
    for (const watcher of this.watchers)
      if (!watcher.check(now, settings.stalledMsMax)) this.context.counted.slowWatchers += 1;
    if (!body) return this.wait(1);
    const bytes = this.send('tick', body);
    this.context.counted.ticks += 1;
    if (now - this.rereadAtMs >= settings.rereadEveryMs) this.reread();
    this.wait(Math.min(Math.max(1, Math.ceil(bytes / settings.tickBytesASecond)), settings.tickSecondsMax));
  }

  /** Null: the drop is not the merchant's any more. */
  private async measure(): Promise<object | null> {
    const { source, clock } = this.context;
    const nowMs = clock.now();
    const [answers, counts] = await Promise.all([
      source.answers(this.ref, this.meter.since(nowMs), nowMs),
      source.counts(this.ref.dropId),
    ]);
    if (answers === 'not-found') return null;
    if (counts.rows) this.rows = counts.rows;
    const measured = answers && this.meter.measure(answers.ticks, answers.orders, nowMs);
    const { staleSince, lagMs } = counts.freshness;
    return {
      asOf: staleSince ?? new Date(nowMs).toISOString(),
      items: this.items(),
      rates: measured?.rates ?? NO_RATES,
      readers: measured?.readers ?? 0,
      p99Ms: measured?.p99Ms ?? 0,
      sourceLagMs: lagMs,
      stale: staleSince !== null || !measured,
    };
  }

  private items(): Counts[] {
    const rows = this.newestRows();
    return this.read.drop.items.flatMap(({ sku }) => {
      const row = rows.get(sku);
      if (!row) return [];
      const { total, available, held, sold } = row;
      return [{ sku, total, available, held, sold }];
    });
  }

  /** The stock view may be behind the ledger's answer, which is the older one a second later. */
  private newestRows(): Map<string, StockRow> {
    const rows = new Map(this.read.stock.map((row) => [row.sku, row]));
    for (const row of this.rows) {
      const known = rows.get(row.sku);
      if (!known || isNewer(row, known)) rows.set(row.sku, row);
    }
    return rows;
  }

  /** Returns how many bytes a watcher got. */
  private send(event: string, data: unknown): number {
    const frame = eventFrame(this.ids.next(), event, data);
    for (const watcher of this.watchers) if (!watcher.send(frame)) this.context.counted.slowWatchers += 1;
    return frame.plain.length;
  }

  private endAll(reason: string): void {
    for (const watcher of this.watchers) this.end(watcher, reason);
  }

  /** Tells all to come back, because this gateway stops. */
  sendAway(retryMs: () => number): void {
    for (const watcher of this.watchers) watcher.end(retryFrame(retryMs()));
  }

  private currentSnapshot(stats: object): LiveFrame {
    const now = this.context.clock.monotonicMs();
    const known = this.snapshot;
    if (known && now - known.madeAtMs <= this.context.settings.snapshotAgeMsMax) return known.data;
    const data = snapshotData(0, { drop: this.rendered(), stats });
    this.snapshot = { data, madeAtMs: now };
    return data;
  }

  private rendered(): object {
    const { drop } = this.read;
    const readAt = new Date(this.context.clock.now()).toISOString();
    return renderMerchantDrop({ drop, stock: [...this.newestRows().values()], readAt });
  }
}

/** What makes a `drop` event worth sending: counts and the clock are in each tick. */
function detailsOf({ drop }: MerchantDropRead): string {
  return JSON.stringify(drop);
}
