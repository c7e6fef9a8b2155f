import type { StockRow } from '@holdfast/contracts';

/** Beyond these the reconciler does the work: so many unreadable records are a fault of a release, not of a record. */
const DIRTY_MAX = 10_000;
/** So that a turn ends soon when the product does. */
const DROPS_A_TURN = 50;

/** What is read again of a drop whose record could not be read. */
export interface LedgerReads {
  stockOf(dropId: string): Promise<StockRow[]>;
  /** Null when the drop is unknown. */
  revisionOf(dropId: string): Promise<number | null>;
}

/** Drops of which a change was announced and could not be read, until they have been read from the ledger. */
export class DirtyDrops {
  private drops = new Set<string>();

  get size(): number {
    return this.drops.size;
  }

  add(dropId: string | null): void {
    if (dropId !== null && this.drops.size < DIRTY_MAX) this.drops.add(dropId);
  }

  /** Hands over some of them, one after the other. Whoever is marked again meanwhile is read again. */
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
