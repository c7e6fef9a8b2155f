import type { DropUpkeep } from './ports/drop-upkeep.port';

// About a day: a consumer may be down for that long without missing facts.
export const FACTS_KEPT_SECONDS = 86_400;
const DROPS_A_TURN = 100;
const FACTS_A_DELETE = 1_000; // a few ms of row locks

export const FACTS_PURGE_EVERY_MS = 600_000;

/** Deletes facts older than about a day, drop by drop in bounded deletes. Returns how many. */
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
