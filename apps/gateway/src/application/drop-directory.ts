import {
  type DropRecord,
  type Drops,
  type DropSummary,
  dropStateAt,
  type ListDrops,
  type LiveFeed,
  type LiveMessage,
  type Page,
  type ShopperDrop,
  type ShopperDropSummary,
  shownVersion,
  type StockRow,
  type StockView,
  toShopperDrop,
  toShopperDropSummary,
} from '@holdfast/contracts';
import type { Clock } from '@holdfast/kernel';
import { ReadThrough } from './read-through';

/** A drop as clients see it, with a tag that changes with anything in it except the server's time. */
export interface DropSnapshot<View extends ShopperDrop = ShopperDrop> {
  view: View;
  /** Weak: two answers with the same tag may differ in `serverTime`. */
  etag: string;
}

const RECORD_AGE_MS_MAX = 500; // the contract promises that a GET shows a change within 1 s
const RECORDS_MAX = 500; // a record of 5,000 SKUs takes about 1 MB
const LISTS_MAX = 100;
const RECORDS_BYTES_MAX = 64 * 1024 * 1024;
const LISTS_BYTES_MAX = 32 * 1024 * 1024;
const ITEM_BYTES = 300; // measured, with names and addresses of pictures as shops have them
const READ_DEADLINE_MS = 1_500;
// 0.1 s in all for a short gap; if it is longer, the age limit of the cache repairs what was missed.
const VISIBLE_TRIES = 10;
const VISIBLE_WAIT_MS = 10;
const PATIENCE_MS = 700; // a healthy read takes a few; after this the last known state, marked stale, is the better answer

/**
 * Drops as the gateway knows them: the record from inventory, cached for half a second and reloaded when the feed reports a change, joined with the
 * current counts of the stock view.
 */
export class DropDirectory {
  private readonly records: ReadThrough<DropRecord | null>;
  private readonly lists: ReadThrough<Page<DropSummary>>;
  /** The newest revision on the feed, for the most recently changed drops. */
  private readonly told = new Map<string, number>();
  private unsubscribe: (() => void) | undefined;

  constructor(
    private readonly drops: Pick<Drops, 'listDrops' | 'getDrop'>,
    private readonly stock: StockView,
    private readonly feed: LiveFeed,
    private readonly clock: Clock,
  ) {
    const common = {
      clock,
      maxAgeMs: RECORD_AGE_MS_MAX,
      deadlineMs: READ_DEADLINE_MS,
      patienceMs: PATIENCE_MS,
    };
    this.records = new ReadThrough({
      ...common,
      what: 'reading a drop',
      entriesMax: RECORDS_MAX,
      bytesOf: (record) => (record ? bytesOf(record) : 0),
      bytesMax: RECORDS_BYTES_MAX,
      load: (dropId) => this.read(dropId),
    });
    this.lists = new ReadThrough({
      ...common,
      what: 'listing drops',
      entriesMax: LISTS_MAX,
      bytesOf: (page) => page.items.reduce((sum, drop) => sum + bytesOf(drop), 0),
      bytesMax: LISTS_BYTES_MAX,
      load: (query) => drops.listDrops(JSON.parse(query) as ListDrops),
    });
  }

  /** Subscribes to changes of drops. */
  start(): void {
    this.unsubscribe ??= this.feed.subscribe((message) => this.onMessage(message));
  }

  stop(): void {
    this.unsubscribe?.();
    this.unsubscribe = undefined;
  }

  /** The drop with its current counts; null when there is none, or only a draft. Throws `ServiceUnavailable`. */
  async get(dropId: string): Promise<ShopperDrop | null> {
    return (await this.snapshot(dropId))?.view ?? null;
  }

  /** Whether the drop exists for shoppers. Throws `ServiceUnavailable`. */
  async has(dropId: string): Promise<boolean> {
    return (await this.records.get(dropId)).value !== null;
  }

  /** The record, half a second old at most while inventory answers; null as in `get`. Throws `ServiceUnavailable`. */
  async record(dropId: string): Promise<DropRecord | null> {
    return (await this.records.get(dropId)).value;
  }

  /** The same as `get` with its entity tag. */
  async snapshot(dropId: string): Promise<DropSnapshot | null> {
    const { value: record, behind } = await this.records.get(dropId);
    if (!record) return null;
    return this.join(record, behind || (await this.isStale()), toShopperDrop);
  }

  /** One page of drops, newest first, each with some of its items and the sums over all. Throws `InvalidCursor`. */
  async list(query: ListDrops): Promise<Page<DropSnapshot<ShopperDropSummary>>> {
    const { value: page, behind } = await this.lists.get(JSON.stringify(query));
    const stale = behind || (await this.isStale());
    const items = await Promise.all(
      page.items.map((summary) => this.join(summary, stale, toShopperDropSummary)),
    );
    return { items, nextCursor: page.nextCursor };
  }

  private onMessage(message: LiveMessage): void {
    if (message.kind !== 'drop') return;
    this.told.delete(message.dropId);
    if (this.told.size >= RECORDS_MAX) this.told.delete(this.told.keys().next().value!);
    this.told.set(message.dropId, message.revision);
    this.records.outdate(message.dropId);
    this.lists.outdateAll();
  }

  /**
   * The ledger's log delivers a commit slightly before other connections can see it. A record older than the feed's revision (or none, for a draft
   * that has just been opened) is therefore read again, or readers would see each change only with the next one.
   */
  private async read(dropId: string): Promise<DropRecord | null> {
    for (let tries = 1; ; tries += 1) {
      const record = await this.drops.getDrop(dropId);
      const wanted = this.told.get(dropId) ?? 0;
      if ((record?.revision ?? 0) >= wanted || tries === VISIBLE_TRIES) return record;
      await new Promise((resolve) => setTimeout(resolve, VISIBLE_WAIT_MS));
    }
  }

  private async isStale(): Promise<boolean> {
    return (await this.stock.freshness()).staleSince !== null;
  }

  private async join<R extends DropRecord, V extends ShopperDrop>(
    record: R,
    stale: boolean,
    toView: (record: R, rows: readonly StockRow[], nowMs: number, stale: boolean) => V,
  ): Promise<DropSnapshot<V>> {
    const rows = await this.stock.ofDrop(record.id);
    const now = this.clock.now();
    return { view: toView(record, rows, now, stale), etag: etagOf(record, rows, now, stale) };
  }
}

function bytesOf({ description, items }: DropRecord): number {
  return 2 * description.length + ITEM_BYTES * (1 + items.length);
}

/**
 * Versions and epochs only ever grow, so their sums change whenever one row does: as good as a hash over all rows, for an addition each. The
 * versions are those that shoppers see: a tag that changed with each sale would tell them of it.
 */
function etagOf(
  record: DropRecord & Pick<DropSummary, 'shownTotals'>,
  rows: readonly StockRow[],
  nowMs: number,
  stale: boolean,
): string {
  let epochs = 0;
  let versions = 0;
  for (const row of rows) {
    epochs += row.epoch;
    versions += shownVersion(row, record.stockDisplay);
  }
  const totals = record.stockDisplay === 'exact' ? 0 : (record.shownTotals?.version ?? 0);
  const state = dropStateAt(record, nowMs);
  return `W/"${record.revision}.${state}.${rows.length}.${epochs}.${versions + totals}${stale ? '.stale' : ''}"`;
}
