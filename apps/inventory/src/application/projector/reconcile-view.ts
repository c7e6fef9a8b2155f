import { setTimeout as sleep } from 'node:timers/promises';
import { completes, type StockRow } from '@holdfast/contracts';
import { isNewer } from '@holdfast/kernel';
import type { DropUpkeep } from '../ports/drop-upkeep.port';
import type { StockViewWriter } from '../ports/stock-view-writer.port';
import type { ProjectChanges } from './project-changes';

export const RECONCILE_EVERY_MS = 10_000;

const DROPS_A_PAGE = 200;

/** How long the stream may take before a difference counts: a recent commit is in transit, not lost. */
const GRACE_MS = 1_000;

export interface ReconcileCounts {
  /** Rows that the stream failed to deliver. */
  mended: number;
  /**
   * Rows of the view that the ledger has never had: it was restored without a new epoch, or the view was
   * tampered with. Not repaired automatically.
   */
  ahead: number;
}

/** Differences found by a pass, and their handling (see `ReconcileCounts`). */
export interface Drift {
  mended: StockRow[];
  ahead: StockRow[];
}

/** Compares the view with the ledger and repairs what the stream has missed, whatever the reason. */
export class ReconcileView {
  readonly counts: ReconcileCounts = { mended: 0, ahead: 0 };

  constructor(
    private readonly upkeep: DropUpkeep,
    private readonly view: Pick<StockViewWriter, 'ofDrop'>,
    private readonly changes: ProjectChanges,
    private readonly onDrift: (drift: Drift) => void,
    private readonly graceMs = GRACE_MS,
    /** Receives the ledger's rows of every drop in each pass. Must not reject. */
    private readonly heal: (rows: readonly StockRow[]) => Promise<void> = () => Promise.resolve(),
  ) {}

  /** One pass over the drops whose counts may still change. */
  async pass(): Promise<void> {
    const suspects = new Set<string>();
    for (let after = ''; ;) {
      const dropIds = await this.upkeep.activeDrops(after, DROPS_A_PAGE);
      for (const dropId of dropIds) if (await this.differs(dropId)) suspects.add(dropId);
      if (dropIds.length < DROPS_A_PAGE) break;
      after = dropIds.at(-1)!;
    }
    if (suspects.size === 0) return;
    // Rows that the ledger had before the wait must be in the view after it; later ones are left to the
    // stream.
    const before = new Map<string, StockRow[]>();
    for (const dropId of suspects) before.set(dropId, await this.upkeep.stockOf(dropId));
    await sleep(this.graceMs);
    for (const [dropId, rows] of before) await this.mend(dropId, rows);
  }

  private async differs(dropId: string): Promise<boolean> {
    const ledger = await this.upkeep.stockOf(dropId);
    await this.heal(ledger);
    const view = await this.bySku(dropId);
    // Left by an instance of before: the counts are right, and a change of display would find no version to go on from.
    const unmarked = ledger.filter((row) => {
      const shown = view.get(row.sku);
      return shown && completes(row, shown);
    });
    await this.changes.applyStock(unmarked);
    return ledger.some((row) => !sameState(row, view.get(row.sku)));
  }

  private async mend(dropId: string, ledger: StockRow[]): Promise<void> {
    const view = await this.bySku(dropId);
    const behind = ledger.filter((row) => {
      const shown = view.get(row.sku);
      return !shown || isNewer(row, shown);
    });
    // Read again: the newest rows repair what is behind, and show whether the ledger has caught up with what
    // is ahead.
    const now = new Map((await this.upkeep.stockOf(dropId)).map((row) => [row.sku, row]));
    const mended = await this.changes.applyStock(behind.map((row) => now.get(row.sku) ?? row));
    const ahead = [...view.values()].filter((shown) => {
      const row = now.get(shown.sku);
      return !row || isNewer(shown, row) || (!isNewer(row, shown) && !sameState(row, shown));
    });
    this.counts.mended += mended.length;
    this.counts.ahead += ahead.length;
    if (mended.length + ahead.length > 0) this.onDrift({ mended, ahead });
  }

  private async bySku(dropId: string): Promise<Map<string, StockRow>> {
    return new Map((await this.view.ofDrop(dropId)).map((row) => [row.sku, row]));
  }
}

function sameState(a: StockRow, b: StockRow | undefined): boolean {
  return (
    b !== undefined &&
    a.epoch === b.epoch &&
    a.version === b.version &&
    a.available === b.available &&
    a.held === b.held &&
    a.sold === b.sold &&
    a.total === b.total &&
    a.shown?.display === b.shown?.display &&
    a.shown?.version === b.shown?.version
  );
}
