import { setTimeout as pause } from 'node:timers/promises';
import { type LiveMessage, type StockRow, StockView, type ViewFreshness } from '@holdfast/contracts';
import { type Clock, withDeadline } from '@holdfast/kernel';
import type { DropImage } from '@holdfast/redis';
import type { LeaseWatch } from './lease-watch';
import { LedgerReads } from './ledger-reads';
import { MirroredDrop } from './mirrored-drop';
import { CoalescedRun } from './coalesced-run';

/** The view in Redis. Both reject when it is unreachable. */
export interface ReadsView {
  position(dropId: string): Promise<string | null>;
  read(dropId: string): Promise<DropImage>;
}

export interface MirrorOptions {
  view: ReadsView;
  /** Through inventory; rejects when there is no answer. */
  ledger: (dropId: string) => Promise<StockRow[]>;
  lease: Pick<LeaseWatch, 'since' | 'isIntact'> & Partial<Pick<LeaseWatch, 'lagMs'>>;
  /** Receives the counts that are new here. */
  tell: (message: LiveMessage) => void;
  /** Receives why the view or the ledger could not be read; the mirror continues with what it has. */
  onTrouble: (error: unknown) => void;
  clock: Clock;
  /** Rows kept at most; the least recently used drops are evicted first. */
  rowsMax?: number;
}

export interface MirrorStats {
  drops: number;
  /** How often a message was missing, or the view had changed without one. */
  gaps: number;
  /** Reads of the ledger because the view could not be trusted. */
  ledgerReads: number;
}

interface Kept {
  drop: MirroredDrop;
  /** Reloads it from the view; true on success. */
  fromView: CoalescedRun<boolean>;
  fromLedger: CoalescedRun<boolean>;
  loading: Promise<void> | undefined;
  restUntilMs: number;
}

const IDLE_MS = 60_000; // four heartbeats of the hub, which reads the drops with live readers at each
const ROWS_MAX = 250_000; // about 60 MB
const LOAD_PATIENCE_MS = 700; // as for a drop's record: after this the known counts, marked stale, are the better answer
const CATCH_UP_PATIENCE_MS = 2_000; // the hub retries until its own deadline
const FEED_PATIENCE_MS = 40; // a message takes a few; a lost one must not delay a waiting reader longer than this
const FEED_STEP_MS = 5;
const REST_AFTER_FAILURE_MS = 250; // until then readers get what there is

/**
 * A gateway's copy of the drops that its readers use. A drop is loaded from the view in Redis at its first read, follows the feed, and is reloaded
 * when a message may have been missed. While the source of counts is stale it polls the ledger.
 */
export class MirroredStockView extends StockView {
  private readonly kept = new Map<string, Kept>();
  private readonly reads: LedgerReads;
  private gaps = 0;

  constructor(private readonly options: MirrorOptions) {
    super();
    this.reads = new LedgerReads(options.ledger, options.clock);
  }

  stats(): MirrorStats {
    return { drops: this.kept.size, gaps: this.gaps, ledgerReads: this.reads.count };
  }

  /** Does not reject: unknown rows are left out. */
  override async ofDrop(dropId: string): Promise<StockRow[]> {
    const kept = this.use(dropId);
    if (!kept.drop.isLoaded && this.options.clock.monotonicMs() >= kept.restUntilMs) {
      kept.loading ??= this.load(kept);
      await withDeadline('the counts', LOAD_PATIENCE_MS, kept.loading).catch(() => this.rest(kept));
    }
    return kept.drop.list();
  }

  /**
   * Whatever a gateway shows was in the view before, so reading it is enough; unless the view may have lost it, then only the ledger is reliable.
   */
  override async catchUp(dropId: string): Promise<boolean> {
    const kept = this.use(dropId);
    const look = async () =>
      (this.options.lease.isIntact && (await kept.fromView.run())) || kept.fromLedger.run();
    return withDeadline('the counts', CATCH_UP_PATIENCE_MS, look()).catch(() => false);
  }

  /** Applies rows of the projectors and forwards the new ones; counts of drops that are not mirrored are just forwarded. */
  onStock(dropId: string, rows: readonly StockRow[], position: string | null): void {
    const kept = this.kept.get(dropId);
    if (!kept) return this.options.tell({ kind: 'stock', dropId, rows: [...rows] });
    this.take(kept, rows);
    if (kept.drop.follow(position)) return;
    if (kept.drop.isLoaded) this.gaps += 1;
    void kept.fromView.run();
  }

  override async freshness(): Promise<ViewFreshness> {
    const { since: staleSince, lagMs } = this.options.lease;
    return lagMs === undefined ? { staleSince } : { staleSince, lagMs };
  }

  /** Compares all drops with the view, and reloads what has changed: nothing else reveals the loss of the last message. */
  async compare(): Promise<void> {
    const loaded = [...this.kept.values()].filter(({ drop }) => drop.isLoaded);
    await Promise.all(loaded.map((kept) => kept.fromView.run()));
  }

  /**
   * Reloads all drops after messages may have been missed. Drops that are incomplete in the view come from the ledger. True when all could be read:
   * only then are the counts fresh.
   */
  async renew(): Promise<boolean> {
    // A load in flight may have read before the feed was connected.
    const wanted = [...this.kept.values()].filter(
      ({ drop, loading }) => drop.isLoaded || loading !== undefined,
    );
    const read = await Promise.all(
      wanted.map(async ({ fromView, fromLedger }) => (await fromView.run()) || fromLedger.run()),
    );
    return read.every((done) => done);
  }

  /** Reads all drops from the ledger, and has their records reloaded: a stalled source reports no changes. */
  async poll(): Promise<void> {
    await Promise.all(
      [...this.kept].map(async ([dropId, { fromLedger }]) => {
        // If it is unreachable, so are the records: readers get what there is, and must not wait for more.
        if (await fromLedger.run()) this.options.tell({ kind: 'drop', dropId, revision: 0 });
      }),
    );
  }

  /** Evicts drops that are no longer read. */
  tidy(): void {
    const oldest = this.options.clock.monotonicMs() - IDLE_MS;
    let rows = 0;
    for (const { drop } of this.kept.values()) rows += drop.size;
    // In the order of their last use.
    for (const [dropId, { drop }] of this.kept) {
      if (drop.usedAtMs > oldest && rows <= (this.options.rowsMax ?? ROWS_MAX)) return;
      rows -= drop.size;
      this.kept.delete(dropId);
    }
  }

  private use(dropId: string): Kept {
    const kept = this.kept.get(dropId) ?? this.make(dropId);
    kept.drop.usedAtMs = this.options.clock.monotonicMs();
    this.kept.delete(dropId);
    this.kept.set(dropId, kept);
    return kept;
  }

  private make(dropId: string): Kept {
    const drop = new MirroredDrop(dropId);
    const failed = (error: unknown) => {
      this.options.onTrouble(error);
      return false;
    };
    const kept: Kept = {
      drop,
      fromView: new CoalescedRun(() => this.readView(kept).catch(failed)),
      fromLedger: new CoalescedRun(() => this.readLedger(kept).catch(failed)),
      loading: undefined,
      restUntilMs: Number.NEGATIVE_INFINITY,
    };
    return kept;
  }

  private async load(kept: Kept): Promise<void> {
    if (!(await kept.fromView.run())) await kept.fromLedger.run();
    if (!kept.drop.isLoaded) this.rest(kept);
    kept.loading = undefined;
  }

  private rest(kept: Kept): void {
    kept.restUntilMs = this.options.clock.monotonicMs() + REST_AFTER_FAILURE_MS;
  }

  /** False when the drop is incomplete in the view. */
  private async readView(kept: Kept): Promise<boolean> {
    const { drop } = kept;
    if (drop.isLoaded && drop.position !== null) {
      const wanted = await this.options.view.position(drop.dropId);
      if (await this.arrives(drop, wanted)) return true;
    }
    const { rows, position } = await this.options.view.read(drop.dropId);
    if (position === null) return false;
    if (this.take(kept, rows).length > 0 && drop.isLoaded) this.gaps += 1;
    // Messages that arrived during the read may have led further.
    if (!drop.follow(position)) drop.position = position;
    drop.isLoaded = true;
    return true;
  }

  /** A change that the view is ahead by is usually in transit: waiting for it saves reloading thousands of rows. */
  private async arrives(drop: MirroredDrop, wanted: string | null): Promise<boolean> {
    for (let waitedMs = 0; !drop.hasReached(wanted); waitedMs += FEED_STEP_MS) {
      if (waitedMs >= FEED_PATIENCE_MS || !drop.isOfLife(wanted)) return false;
      await pause(FEED_STEP_MS);
    }
    return true;
  }

  private async readLedger(kept: Kept): Promise<boolean> {
    const rows = await this.reads.read(kept.drop.dropId);
    this.take(kept, rows);
    if (rows.length > 0) kept.drop.isLoaded = true;
    return true;
  }

  private take(kept: Kept, rows: readonly StockRow[]): StockRow[] {
    const taken = kept.drop.take(rows);
    if (taken.length > 0) this.options.tell({ kind: 'stock', dropId: kept.drop.dropId, rows: taken });
    return taken;
  }
}
