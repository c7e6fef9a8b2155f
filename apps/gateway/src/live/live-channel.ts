import {
  dropStateAt,
  type ShopperDrop,
  shownInItem,
  shownStock,
  type StockRow,
  toShopperItem,
} from '@holdfast/contracts';
import type { Clock } from '@holdfast/kernel';
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
    private drop: ShopperDrop,
    private readonly context: LiveContext,
  ) {
    this.coalescer = new StockCoalescer(context.settings.frameGapMs);
    this.ids = new FrameIds(context.clock);
    this.coalescer.prime(countsIn(drop));
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
    this.coalescer.prime(this.toCounts(rows));
  }

  join(reader: LiveReader, lastEventId: number | undefined): void {
    if (lastEventId !== undefined) this.ids.seen(lastEventId);
    const seq = this.ids.next();
    // A reader that reconnects may have seen counts at another gateway that still wait here for their frame.
    reader.begin(snapshotHead(seq, RETRY_MS), this.currentSnapshot(seq, lastEventId !== undefined));
    this.readers.add(reader);
  }

  stock(rows: readonly StockRow[]): void {
    const counts = this.toCounts(rows);
    // Not by what looks the same to shoppers: the time of a snapshot made anew would tell them of a sale.
    if (this.snapshot && counts.some((it) => this.coalescer.changes(it))) this.snapshot.isNewest = false;
    this.offer(counts);
  }

  /** Sets the drop's current record, and sends it to the readers when it has changed. */
  update(drop: ShopperDrop): void {
    const before = this.drop;
    this.drop = drop;
    this.snapshot = undefined;
    // Not what is newer in the record's counts: a change is sent when the feed brings it.
    this.coalescer.prime(countsIn(drop).filter(({ sku }) => !this.coalescer.get(sku)));
    const sameDisplay = before.stockDisplay === drop.stockDisplay;
    // With another display each reader starts anew, and is not left with numbers of before.
    if (!sameDisplay) this.coalescer.redisplay(countsIn(drop), drop.stockDisplay);
    if (sameDisplay && sameItems(before, drop)) {
      if (!sameDetails(before, drop)) this.send('drop', this.details());
    } else {
      this.send('snapshot', this.view()); // the items or their display have changed: a snapshot is the simplest message
    }
  }

  /** Compares with the view: counts that are newer there in two successive checks were lost on the feed. */
  heal(rows: readonly StockRow[]): void {
    const lost = this.suspects.filter((it) => isNewerThan(it, this.coalescer.get(it.sku)));
    this.suspects = this.toCounts(rows).filter((it) => isNewerThan(it, this.coalescer.get(it.sku)));
    this.offer(lost);
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

  private offer(counts: readonly LiveCounts[]): void {
    // The rows of a drop whose display has changed come in several messages: its readers are told when all are there.
    const turned = this.coalescer.turn(counts);
    const now = this.context.clock.monotonicMs();
    for (const frame of this.coalescer.offer(counts, now)) this.sendStock(frame);
    if (turned.length > 0 && this.hasOneDisplay()) this.send('snapshot', this.view());
    this.flushOrWait();
  }

  private hasOneDisplay(): boolean {
    const displays = this.drop.items.map(({ sku }) => this.coalescer.get(sku)?.display);
    return displays.every((display) => display === displays[0]);
  }

  private sendStock(counts: LiveCounts[]): void {
    this.send('stock', { items: counts.map(eventItem), asOf: newest(counts) });
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

  private view(): ShopperDrop {
    const now = this.context.clock.now();
    const stale = this.context.staleSince() !== null;
    return {
      ...this.drop,
      state: dropStateAt(this.drop, now),
      serverTime: new Date(now).toISOString(),
      items: this.drop.items.map((item) => {
        const { stock: _stock, soldOut: _soldOut, ...fields } = item;
        return toShopperItem(fields, this.coalescer.get(item.sku) ?? shownInItem(item), stale);
      }),
    };
  }

  private details(): Omit<ShopperDrop, 'items'> {
    const { items: _, ...details } = this.view();
    return details;
  }

  private toCounts(rows: readonly StockRow[]): LiveCounts[] {
    const { stockDisplay } = this.drop;
    return rows.map((row) => ({ sku: row.sku, ...shownStock(row, stockDisplay) }));
  }
}

function countsIn(drop: ShopperDrop): LiveCounts[] {
  return drop.items.map((item) => ({ sku: item.sku, ...shownInItem(item) }));
}

/** An item of a stock event. */
function eventItem(counts: LiveCounts): object {
  const { sku, version } = counts;
  switch (counts.display) {
    case 'exact': {
      const { available, held, sold } = counts;
      return { sku, available, held, sold, version };
    }
    case 'bands':
      return { sku, band: counts.band, version };
    case 'hidden':
      return { sku, soldOut: counts.soldOut, version };
  }
}

function isNewerThan(it: LiveCounts, known: LiveCounts | undefined): boolean {
  return known !== undefined && it.version > known.version;
}

function newest(counts: readonly LiveCounts[]): string {
  return counts.reduce((latest, it) => (it.asOf > latest ? it.asOf : latest), '');
}

function sameItems(a: ShopperDrop, b: ShopperDrop): boolean {
  const kind = (drop: ShopperDrop) =>
    JSON.stringify(drop.items.map(({ sku, name, price, imageUrl }) => [sku, name, price, imageUrl]));
  return kind(a) === kind(b);
}

function sameDetails(a: ShopperDrop, b: ShopperDrop): boolean {
  const kind = ({ items: _items, serverTime: _serverTime, ...rest }: ShopperDrop) => JSON.stringify(rest);
  return kind(a) === kind(b);
}
