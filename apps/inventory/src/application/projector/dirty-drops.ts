import type { StockRow } from '@holdfast/contracts';

/**
 * Beyond it the reconciler repairs the rest: so many unreadable records come from a faulty release, not from
 * single records.
 */
const DIRTY_MAX = 10_000;
/** So that a run ends soon on a shutdown. */
const DROPS_A_TURN = 50;

/** What is read from the ledger for a drop with an unreadable record. */
export interface LedgerReads {
  stockOf(dropId: string): Promise<StockRow[]>;
  /** Null when the drop is unknown. */
  revisionOf(dropId: string): Promise<number | null>;
}

/** Drops with an unreadable change, until they have been read from the ledger. */
export class DirtyDrops {
  private drops = new Set<string>();

  get size(): number {
    return this.drops.size;
  }

  add(dropId: string | null): void {
    if (dropId !== null && this.drops.size < DIRTY_MAX) this.drops.add(dropId);
  }

  /** Handles some of them sequentially. A drop that is marked again in the meantime is read again. */
  async clean(readAgain: (dropId: string) => Promise<void>): Promise<void> {
    for (const dropId of [...this.drops].slice(0, DROPS_A_TURN)) {
      this.drops.delete(dropId);
      try {
        await readAgain(dropId);
      } catch (error) {
        this.drops.add(dropId);
        throw error;
      }
    }
  }
}
