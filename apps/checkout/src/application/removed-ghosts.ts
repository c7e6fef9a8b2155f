import type { OrderHolds } from '@holdfast/contracts';
import { isGhostId } from '@holdfast/kernel';
import type { Logger } from '@holdfast/observability';
import type { GhostRecords } from './ports/ghost-records.port';

export const REMOVED_GHOSTS_EVERY_MS = 10_000; // with no ghosts two reads of an empty range of an index

const GHOSTS_MAX = 1_000; // a rehearsal has a hundred at most

/**
 * Removes orders and charges of ghosts that inventory no longer knows: their rehearsal has ended, perhaps while this
 * process was down. Inventory is asked, and nothing is removed when it does not answer. Any number of processes may do it.
 */
export class RemovedGhosts {
  constructor(
    private readonly inventory: Pick<OrderHolds, 'knownGhosts'>,
    private readonly records: { orders: GhostRecords; charges: GhostRecords },
    private readonly logger: Logger,
  ) {}

  /** One run. Returns how many ghosts were cleared. */
  async run(): Promise<number> {
    const { orders, charges } = this.records;
    const found = await Promise.all([orders.drops(GHOSTS_MAX), charges.drops(GHOSTS_MAX)]);
    const ghosts = [...new Set(found.flat())].filter(isGhostId);
    if (ghosts.length === 0) return 0;
    const known = new Set(await this.inventory.knownGhosts(ghosts));
    const gone = ghosts.filter((ghostId) => !known.has(ghostId));
    for (const ghostId of gone) {
      // Charges first: by its orders a ghost is found again.
      const removed = { charges: await charges.remove(ghostId), orders: await orders.remove(ghostId) };
      this.logger.info({ ghostId, removed }, 'orders and charges of a removed ghost deleted');
    }
    return gone.length;
  }
}
