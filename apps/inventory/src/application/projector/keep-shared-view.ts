import type { StockRow } from '@holdfast/contracts';
import type { Clock } from '@holdfast/kernel';
import type { DropUpkeep } from '../ports/drop-upkeep.port';
import type { SharedStockView } from '../ports/shared-stock-view.port';

/**
 * The age of the view at which viewers are told that it is stale. They must know within 3 s, whatever died;
 * the renewal of the lease, a gateway's check and the delivery to the reader come on top.
 */
const VIEW_AGE_MS_MAX = 2_300;

const DROPS_A_PAGE = 200;
const LOADS_AT_ONCE = 4; // of six connections: a reload leaves room for the reads of pages

export interface KeepSharedViewOptions {
  view: SharedStockView;
  upkeep: DropUpkeep;
  /** How far this process's change stream is behind; null before its first heartbeat. */
  lagMs: () => number | null;
  /**
   * Receives the ledger's rows when the view was lost: whatever is stored beside the view was lost with it.
   * Must not reject.
   */
  heal: (rows: readonly StockRow[]) => Promise<void>;
  clock: Clock;
  /** Called once for each new error, and with null when it has ended. */
  onTrouble: (reason: string | null) => void;
}

/**
 * Keeps a stock view outside this process complete and confirmed as fresh. Every projector does this: one
 * that keeps up is enough. The confirmation is a lease that expires, so that viewers are told when all
 * projectors, or the view, have died.
 */
export class KeepSharedView {
  private trouble: string | null = null;
  private reloaded = 0;

  constructor(private readonly options: KeepSharedViewOptions) {}

  /** How often the view had to be loaded from the ledger, including the first time. */
  get reloads(): number {
    return this.reloaded;
  }

  /** One run. Never rejects: if the view is unreachable, the lease expires. */
  async check(): Promise<void> {
    try {
      await this.run();
      this.report(null);
    } catch (error) {
      this.report(String(error));
    }
  }

  private async run(): Promise<void> {
    const { view, clock, lagMs } = this.options;
    if (!(await view.isWhole()) && !(await this.reload())) return;
    const lag = lagMs();
    // The lease expires when the rows that it confirms are too old, however recently it was renewed: a
    // stalled stream is reported in time.
    if (lag === null || lag >= VIEW_AGE_MS_MAX) return;
    await view.confirm(Math.ceil(VIEW_AGE_MS_MAX - lag), new Date(clock.now() - lag).toISOString());
  }

  private reload(): Promise<boolean> {
    const { upkeep } = this.options;
    this.reloaded += 1;
    return this.options.view.reload(async () => {
      for (let after = ''; ;) {
        const dropIds = await upkeep.activeDrops(after, DROPS_A_PAGE);
        const queue = dropIds.values();
        await Promise.all(
          Array.from({ length: LOADS_AT_ONCE }, async () => {
            for (const dropId of queue) await this.load(dropId);
          }),
        );
        if (dropIds.length < DROPS_A_PAGE) return;
        after = dropIds.at(-1)!;
      }
    });
  }

  private async load(dropId: string): Promise<void> {
    const rows = await this.options.upkeep.stockOf(dropId);
    await this.options.view.load(dropId, rows);
    await this.options.heal(rows);
  }

  private report(trouble: string | null): void {
    if (trouble === this.trouble) return;
    this.trouble = trouble;
    this.options.onTrouble(trouble);
  }
}
