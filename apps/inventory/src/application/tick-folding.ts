import type { DropUpkeep } from './ports/drop-upkeep.port';

/** The contract keeps figures for good; nobody looks at the single seconds of a drop of last week. */
export const TICKS_KEPT_SECONDS = 7 * 86_400;
/**
 * An older tick is not stored, so that a minute is complete when it is folded, and a tick that is sent again finds
 * the one that is there. A gateway keeps what it cannot send for minutes; this is the error allowed in its clock.
 */
export const TICKS_TAKEN_SECONDS = 6 * 86_400;

const DROPS_A_TURN = 100;
const TICKS_A_FOLD = 1_000; // about 10 ms
// 100,000 ticks for each run: in a day those of eighty drops that are bought from in each second at two gateways.
const FOLDS_A_RUN = 100;

export const TICK_FOLDING_EVERY_MS = 600_000;

/** Adds ticks that are older than a week up to minutes, drop by drop in bounded pieces. Returns how many ticks. */
export async function foldOldTicks(
  upkeep: Pick<DropUpkeep, 'dropsWithOldTicks' | 'foldTicks'>,
): Promise<number> {
  let folded = 0;
  let folds = 0;
  for (const dropId of await upkeep.dropsWithOldTicks(TICKS_KEPT_SECONDS, DROPS_A_TURN)) {
    let ticks: number;
    do {
      if (folds === FOLDS_A_RUN) return folded;
      folds += 1;
      ticks = await upkeep.foldTicks(dropId, TICKS_KEPT_SECONDS, TICKS_A_FOLD);
      folded += ticks;
    } while (ticks > 0);
  }
  return folded;
}
