import type { StockRow } from '@holdfast/contracts';
import type { Clock } from '@holdfast/kernel';
import type { DropUpkeep } from './ports/drop-upkeep.port';
import type { SharedStockView } from './ports/shared-stock-view.port';

/**
 * How old what the view shows may be before viewers are told. They must know within 3 s, whatever died; the call that vouches, a gateway's turn
 * and the way to the reader come on top.
 */
const VIEW_AGE_MS_MAX = 2_300;

const DROPS_A_PAGE = 200;
const LOADS_AT_ONCE = 4; // of six connections: a reload leaves room for the reads of pages

export interface KeepSharedViewOptions {
  view: SharedStockView;
  upkeep: DropUpkeep;
  /** How far this process's change stream is behind; null before its first sign of life. */
  lagMs: () => number | null;
  /** Gets the ledger's rows when the view was lost: who lies beside it lost its own. Must not reject. */
  heal: (rows: readonly StockRow[]) => Promise<void>;
  clock: Clock;
  /** Told once of each kind of trouble, and with null when it is over. */
  onTrouble: (reason: string | null) => void;
}

/**
 * Keeps a stock view that lies outside this process whole and trusted. Every projector does this for itself: one that lives and keeps up is
 * enough. The promise is a lease that runs out by itself, so that viewers learn of the death of all of them, or of the view.
 */
export class KeepSharedView {
  private trouble: string | null = null;
  private reloaded = 0;

  constructor(private readonly options: KeepSharedViewOptions) {}

  /** How often the view had to be loaded from the ledger, the first time included. */
  get reloads(): number {
    return this.reloaded;
  }

  /** One turn. Does not reject: a view that is away is what the lease tells. */
  async check(): Promise<void> {
    try {
      await this.turn();
      this.say(null);
    } catch (error) {
      this.say(String(error));
    }
  }

  private async turn(): Promise<void> {
    const { view, clock, lagMs } = this.options;
    if (!(await view.isWhole()) && !(await this.reload())) return;
    const lag = lagMs();
    // The lease ends when what it vouches for is too old, however long ago it was renewed: a stream that stands still is told in time.
    if (lag === null || lag >= VIEW_AGE_MS_MAX) return;
    await view.vouch(Math.ceil(VIEW_AGE_MS_MAX - lag), new Date(clock.now() - lag).toISOString());
  }

  private reload(): Promise<boolean> {
    const { upkeep } = this.options;
    this.reloaded += 1;
    return this.options.view.reload(async () => {
      for (let after = ''; ;) {
        const dropIds = await upkeep.livelyDrops(after, DROPS_A_PAGE);
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

  private say(trouble: string | null): void {
    if (trouble === this.trouble) return;
    this.trouble = trouble;
    this.options.onTrouble(trouble);
  }
}
