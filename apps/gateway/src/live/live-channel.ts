import { type DropView, dropStateAt, type StockRow } from '@holdfast/contracts';
import { type Clock, publicVersion } from '@holdfast/kernel';
import type { BroadcastPump } from './broadcast-pump';
import { FrameIds } from './frame-ids';
import { eventFrame, type LiveFrame, snapshotData, snapshotHead } from './live-frame';
import type { LiveReader } from './live-reader';
import type { LiveSettings } from './live-settings';
import { type LiveCounts, StockCoalescer } from './stock-coalescer';

/** What channels share. */
export interface LiveContext {
  clock: Clock;
  settings: LiveSettings;
  pump: BroadcastPump;
  counted: { frames: number; slowReaders: number };
  /** Since when the source of counts is stale; null while it is fresh. */
  staleSince(): string | null;
}

const RETRY_MS = 2_000;

/** One drop with its readers: the newest counts, and the frames in flight. It exists while it has readers. */
export class LiveChannel {
  readonly readers = new Set<LiveReader>();
  private readonly coalescer: StockCoalescer;
  private readonly ids: FrameIds;
  private readonly queue: LiveFrame[] = [];
  private sending = false;
  private timer: NodeJS.Timeout | undefined;
  private snapshot: { data: LiveFrame; madeAtMs: number; isNewest: boolean } | undefined;
  /** Counts that are newer in the view than on the feed; sent if the feed does not deliver them. */
  private suspects: LiveCounts[] = [];

  constructor(
    private drop: DropView,
    private readonly context: LiveContext,
  ) {
    this.coalescer = new StockCoalescer(context.settings.frameGapMs);
    this.ids = new FrameIds(context.clock);
    this.coalescer.prime(drop.items.map((item) => ({ sku: item.sku, ...item.stock })));
  }

  get merchantId(): string {
    return this.drop.merchantId;
  }

  /** True when the counts of all items are known: before that, no reader may be told that an item is sold out. */
  get complete(): boolean {
    return this.drop.items.every((item) => (this.coalescer.get(item.sku)?.version ?? 0) > 0);
  }

  /** Stores counts before the first reader joins. */
  prime(rows: readonly StockRow[]): void {
    this.coalescer.prime(rows.map(toCounts));
  }

  join(reader: LiveReader, lastEventId: number | undefined): void {
    if (lastEventId !== undefined) this.ids.seen(lastEventId);
    const seq = this.ids.next();
    // A reader that reconnects may have seen counts at another gateway that still wait here for their frame.
    reader.begin(snapshotHead(seq, RETRY_MS), this.currentSnapshot(seq, lastEventId !== undefined));
    this.readers.add(reader);
  }

  stock(rows: readonly StockRow[]): void {
    const now = this.context.clock.monotonicMs();
    if (this.snapshot) this.snapshot.isNewest = false;
    for (const frame of this.coalescer.offer(rows.map(toCounts), now)) this.sendStock(frame);
    this.flushOrWait();
  }

  /** Sets the drop's current record, and sends it to the readers when it has changed. */
  update(drop: DropView): void {
    const before = this.drop;
    this.drop = drop;
    this.snapshot = undefined;
    this.coalescer.prime(
      drop.items
        .filter((item) => !this.coalescer.get(item.sku))
        .map((item) => ({ sku: item.sku, ...item.stock })),
    );
    if (sameItems(before, drop)) {
      if (!sameDetails(before, drop)) this.send('drop', this.details());
    } else {
      this.send('snapshot', this.view()); // the items have changed: a snapshot is the simplest message
    }
  }

  /** Compares with the view: counts that are newer there in two successive checks were lost on the feed. */
  heal(rows: readonly StockRow[]): void {
    const lost = this.suspects.filter((it) => isNewerThan(it, this.coalescer.get(it.sku)));
    this.suspects = rows.map(toCounts).filter((it) => isNewerThan(it, this.coalescer.get(it.sku)));
    for (const frame of this.coalescer.offer(lost, this.context.clock.monotonicMs())) this.sendStock(frame);
    this.flushOrWait();
  }

  /** Sends an event to all readers, after those in flight. */
  send(event: string, data: unknown): void {
    this.snapshot = undefined;
    this.queue.push(eventFrame(this.ids.next(), event, data));
    this.pumpNext();
  }

  close(): void {
    clearTimeout(this.timer);
    this.queue.length = 0;
  }

  private sendStock(counts: LiveCounts[]): void {
    const items = counts.map(({ sku, available, held, sold, version }) => ({
      sku,
      available,
      held,
      sold,
      version,
    }));
    this.send('stock', { items, asOf: newest(counts) });
  }

  /** Ordinary counts are sent when they are due and earlier frames have been sent: readers never get a backlog of old states. */
  private flushOrWait(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const due = this.coalescer.dueAtMs();
    if (due === null || this.sending) return;
    const now = this.context.clock.monotonicMs();
    const counts = this.coalescer.flush(now);
    if (counts) this.sendStock(counts);
    else this.timer = setTimeout(() => this.flushOrWait(), Math.max(1, due - now));
  }

  private pumpNext(): void {
    const frame = this.sending ? undefined : this.queue.shift();
    if (!frame) return;
    this.sending = true;
    this.context.counted.frames += 1;
    const onSlow = () => (this.context.counted.slowReaders += 1);
    this.context.pump.run(frame, this.readers, onSlow, () => {
      this.sending = false;
      if (this.queue.length > 0) this.pumpNext();
      else this.flushOrWait();
    });
  }

  private currentSnapshot(seq: number, newest: boolean): LiveFrame {
    const now = this.context.clock.monotonicMs();
    const known = this.snapshot;
    if (known && now - known.madeAtMs <= this.context.settings.snapshotAgeMsMax) {
      if (known.isNewest || !newest) return known.data;
    }
    const data = snapshotData(seq, this.view());
    this.snapshot = { data, madeAtMs: now, isNewest: true };
    return data;
  }

  private view(): DropView {
    const now = this.context.clock.now();
    const stale = this.context.staleSince() !== null;
    return {
      ...this.drop,
      state: dropStateAt(this.drop, now),
      serverTime: new Date(now).toISOString(),
      items: this.drop.items.map((item) => ({
        ...item,
        stock: { ...item.stock, ...countsIn(this.coalescer.get(item.sku)), stale },
      })),
    };
  }

  private details(): Omit<DropView, 'items'> {
    const { items: _, ...details } = this.view();
    return details;
  }
}

function toCounts(row: StockRow): LiveCounts {
  const { sku, available, held, sold, asOf } = row;
  return { sku, available, held, sold, version: publicVersion(row), asOf };
}

function countsIn(counts: LiveCounts | undefined) {
  if (!counts) return {};
  const { available, held, sold, version, asOf } = counts;
  return { available, held, sold, total: available + held + sold, version, asOf };
}

function isNewerThan(it: LiveCounts, known: LiveCounts | undefined): boolean {
  return known !== undefined && it.version > known.version;
}

function newest(counts: readonly LiveCounts[]): string {
  return counts.reduce((latest, it) => (it.asOf > latest ? it.asOf : latest), '');
}

function sameItems(a: DropView, b: DropView): boolean {
  const kind = (drop: DropView) =>
    JSON.stringify(drop.items.map(({ sku, name, price, imageUrl }) => [sku, name, price, imageUrl]));
  return kind(a) === kind(b);
}

function sameDetails(a: DropView, b: DropView): boolean {
  const kind = ({ items: _items, serverTime: _serverTime, ...rest }: DropView) => JSON.stringify(rest);
  return kind(a) === kind(b);
}
