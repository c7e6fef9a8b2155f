import type { DropUpkeep } from './ports/drop-upkeep.port';

const HOLDS_A_SLICE = 500; // about 5 ms
// 10,000 holds for each run: a million are checked in less than a day, and holds are kept for a month.
const SLICES_A_RUN = 20;

export const HOLD_PURGE_EVERY_MS = 600_000;

/**
 * Scans the holds of all drops, a bounded part in each run, and deletes those that ended without a sale long
 * ago. Its position is in memory only: after a restart it begins again.
 */
export class HoldPurge {
  private dropId: string | null = null;
  /** The previous drop, and the last hold scanned in the current one. */
  private after = '';
  private inDrop = '';

  constructor(private readonly upkeep: DropUpkeep) {}

  /** One run; returns the number of deleted holds. */
  async run(): Promise<number> {
    let purged = 0;
    for (let slices = 0; slices < SLICES_A_RUN; slices += 1) {
      this.dropId ??= await this.upkeep.nextDrop(this.after);
      if (this.dropId === null) {
        this.after = ''; // all drops are done; the next run begins again
        return purged;
      }
      const slice = await this.upkeep.purgeHolds(this.dropId, this.inDrop, HOLDS_A_SLICE);
      purged += slice.purged;
      if (slice.last !== null) {
        this.inDrop = slice.last;
      } else {
        this.after = this.dropId;
        this.dropId = null;
        this.inDrop = '';
      }
    }
    return purged;
  }
}
