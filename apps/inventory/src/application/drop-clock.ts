import type { DropUpkeep } from './ports/drop-upkeep.port';

const DROPS_A_TURN = 100; // the rest follows in the next run, a quarter of a second later

/**
 * Maximum delay of a change of state in the change stream. Readers compute the state by the clock and do not
 * wait for it.
 */
export const DROP_CLOCK_EVERY_MS = 250;

/**
 * Stores that a drop has opened or closed by time, so that the change stream publishes it. Any number may
 * run.
 */
export async function writeDownDueDrops(upkeep: DropUpkeep): Promise<number> {
  let written = 0;
  for (const dropId of await upkeep.dueDrops(DROPS_A_TURN)) if (await upkeep.advance(dropId)) written += 1;
  return written;
}
