import type { DropUpkeep } from './ports/drop-upkeep.port';

/** The contract keeps an Idempotency-Key for a day. */
const ANSWERS_KEPT_SECONDS = 86_400;
const ANSWERS_A_DELETE = 500; // an answer may have a megabyte; the rest follows in the same run

export const REQUEST_PURGE_EVERY_MS = 600_000;

/**
 * Forgets what was answered to merchants' requests more than a day ago, in bounded deletes, and imports that
 * were given up. Returns how many answers.
 */
export async function purgeOldRequests(
  upkeep: Pick<DropUpkeep, 'purgeRequests' | 'purgeImports'>,
): Promise<number> {
  await upkeep.purgeImports();
  let purged = 0;
  for (;;) {
    const deleted = await upkeep.purgeRequests(ANSWERS_KEPT_SECONDS, ANSWERS_A_DELETE);
    purged += deleted;
    if (deleted < ANSWERS_A_DELETE) return purged;
  }
}
