import type { DropUpkeep } from './ports/drop-upkeep.port';

export const FACTS_KEPT_SECONDS = 86_400; // about a day: as long as a reader may be away and still find what it missed
const DROPS_A_TURN = 100;
const FACTS_A_DELETE = 1_000; // a few ms of row locks

export const FACTS_PURGE_EVERY_MS = 600_000;

/** Deletes facts that every reader has had about a day to take, drop by drop in bounded deletes. Returns how many. */
export async function purgeOldFacts(upkeep: DropUpkeep): Promise<number> {
  let purged = 0;
  for (const dropId of await upkeep.dropsWithOldFacts(FACTS_KEPT_SECONDS, DROPS_A_TURN)) {
    let deleted: number;
    do {
      deleted = await upkeep.purgeFacts(dropId, FACTS_KEPT_SECONDS, FACTS_A_DELETE);
      purged += deleted;
    } while (deleted === FACTS_A_DELETE);
  }
  return purged;
}
