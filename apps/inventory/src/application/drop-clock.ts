import type { DropUpkeep } from './ports/drop-upkeep.port';

const DROPS_A_TURN = 100; // the rest is due at the next turn, a quarter of a second later

/** How late the change stream may hear that a drop has opened or closed. Readers judge by the clock and need not wait for it. */
export const DROP_CLOCK_EVERY_MS = 250;

/** Writes down that time has opened or closed a drop, so that the stream carries the change to whoever is watching. Any number may run. */
export async function writeDownDueDrops(upkeep: DropUpkeep): Promise<number> {
  let written = 0;
  for (const dropId of await upkeep.dueDrops(DROPS_A_TURN)) if (await upkeep.advance(dropId)) written += 1;
  return written;
}
