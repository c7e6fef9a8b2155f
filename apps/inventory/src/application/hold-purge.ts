import type { DropUpkeep } from './ports/drop-upkeep.port';

const HOLDS_A_SLICE = 500; // some 5 ms; the rows that go are nobody's any more
// 10,000 holds a turn, so a million are looked through in less than a day; they have a month to go.
const SLICES_A_TURN = 20;

export const HOLD_PURGE_EVERY_MS = 600_000;

/**
 * Goes round over the holds of all drops, a bounded stretch each turn, and forgets those that ended without a sale long ago. Where it is, it keeps
 * in memory: after a restart it begins again, and finds less to do.
 */
export class HoldPurge {
  private dropId: string | null = null;
  /** The drop before, and the hold before in this one. */
  private after = '';
  private inDrop = '';

  constructor(private readonly upkeep: DropUpkeep) {}

  /** One turn; returns how many holds it removed. */
  async turn(): Promise<number> {
    let purged = 0;
    for (let slices = 0; slices < SLICES_A_TURN; slices += 1) {
      this.dropId ??= await this.upkeep.nextDrop(this.after);
      if (this.dropId === null) {
        this.after = ''; // the round is over; the next turn begins the next one
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
