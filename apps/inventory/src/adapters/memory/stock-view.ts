import { ServiceUnavailable, type StockRow, StockView, type ViewFreshness } from '@holdfast/contracts';
import { type Clock, groupBy, isNewer } from '@holdfast/kernel';
import type { LivePublisher } from '../../application/ports/live-publisher.port';
import type { StockViewWriter } from '../../application/ports/stock-view-writer.port';

export interface MemoryStockViewParts {
  /** The ledger's rows of a drop. */
  load: (dropId: string) => Promise<readonly StockRow[]>;
  feed: LivePublisher;
  clock: Clock;
  /** How far the change stream is behind; null: not known. */
  lagMs?: () => number | null;
  rowsMax?: number;
}

interface DropRows {
  rows: Map<string, StockRow>;
  /**
   * The sorted SKUs, cached; null after a new one. Sorting thousands at each page view would cost
   * milliseconds.
   */
  order: string[] | null;
  /** Evicted rows are being reloaded; rows that the stream delivers meanwhile are applied. */
  loading: Promise<void> | null;
}

const ROWS_MAX = 100_000; // about 25 MB: five drops of the largest size

/**
 * The stock view of a product in one process. Filled by the change stream's snapshot. The least recently used
 * drops are evicted: only their ids are kept, and the next read loads them from the ledger.
 */
export class MemoryStockView extends StockView implements StockViewWriter {
  /** In order of use, the most recent last. */
  private readonly drops = new Map<string, DropRows>();
  private readonly forgotten = new Set<string>();
  private size = 0;
  private readonly startedAtMs: number;
  private current: ViewFreshness = { staleSince: null };
  /** The stream has caught up once, so all that earlier processes have shown is here. */
  private caughtUp = false;

  constructor(private readonly parts: MemoryStockViewParts) {
    super();
    this.startedAtMs = parts.clock.now();
  }

  /** Number of rows in memory. */
  get rows(): number {
    return this.size;
  }

  async apply(rows: readonly StockRow[]): Promise<StockRow[]> {
    const taken = rows.filter((row) => this.take(row));
    for (const [dropId, ofDrop] of groupBy(taken, (row) => row.dropId))
      await this.parts.feed.publish({ kind: 'stock', dropId, rows: ofDrop });
    return taken;
  }

  override async ofDrop(dropId: string): Promise<StockRow[]> {
    const drop = this.forgotten.has(dropId) ? this.recall(dropId) : this.drops.get(dropId);
    if (!drop) return [];
    if (drop.loading) await drop.loading;
    this.touch(dropId, drop);
    drop.order ??= [...drop.rows.keys()].sort();
    return drop.order.map((sku) => drop.rows.get(sku)!);
  }

  override async freshness(): Promise<ViewFreshness> {
    const lagMs = this.parts.lagMs?.() ?? null;
    return lagMs === null ? this.current : { ...this.current, lagMs };
  }

  override async catchUp(_dropId: string, seenAtMs: number): Promise<boolean> {
    return this.caughtUp || seenAtMs >= this.startedAtMs;
  }

  /** Each change is published to live readers. */
  async setFreshness(freshness: ViewFreshness): Promise<void> {
    const { staleSince } = freshness;
    this.current = freshness;
    this.caughtUp ||= staleSince === null;
    await this.parts.feed.publish(
      staleSince === null ? { kind: 'fresh' } : { kind: 'stale', since: staleSince },
    );
  }

  private get rowsMax(): number {
    return this.parts.rowsMax ?? ROWS_MAX;
  }

  private take(row: StockRow): boolean {
    // Not compared, to save a query: it is published, and readers compare versions themselves.
    if (this.forgotten.has(row.dropId)) return true;
    const drop = this.drops.get(row.dropId) ?? { rows: new Map(), order: null, loading: null };
    this.touch(row.dropId, drop);
    const known = drop.rows.get(row.sku);
    if (known && !isNewer(row, known)) return false;
    if (!known) {
      drop.order = null;
      this.size += 1;
    }
    drop.rows.set(row.sku, row);
    if (this.size > this.rowsMax) this.forgetSome(row.dropId);
    return true;
  }

  private touch(dropId: string, drop: DropRows): void {
    if (this.forgotten.has(dropId)) return; // while it was being read
    this.drops.delete(dropId);
    this.drops.set(dropId, drop);
  }

  private forgetSome(but: string): void {
    for (const [dropId, drop] of this.drops) {
      if (this.size <= this.rowsMax) return;
      if (dropId === but || drop.loading) continue;
      this.drops.delete(dropId);
      this.forgotten.add(dropId);
      this.size -= drop.rows.size;
    }
  }

  private recall(dropId: string): DropRows {
    const drop: DropRows = { rows: new Map(), order: null, loading: null };
    this.forgotten.delete(dropId);
    this.drops.set(dropId, drop);
    drop.loading = this.read(dropId, drop);
    return drop;
  }

  private async read(dropId: string, drop: DropRows): Promise<void> {
    try {
      for (const row of await this.parts.load(dropId)) this.take(row);
    } catch (error) {
      this.drops.delete(dropId);
      this.forgotten.add(dropId);
      this.size -= drop.rows.size;
      throw new ServiceUnavailable(`reading counts: ${(error as Error).message}`);
    } finally {
      drop.loading = null;
    }
  }
}
