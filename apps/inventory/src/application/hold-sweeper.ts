import { PeriodicWorker } from '@holdfast/kernel';
import type { Lanes } from './lanes';
import type { Ledger } from './ports/ledger.port';

// As much work as a full batch of places, so a sweep delays shoppers by one batch.
const EXPIRE_BATCH_MAX = 256;
const DUE_DROPS_MAX = 200; // the next sweep finds the rest
const SWEEP_EVERY_MS = 300; // bounds how late a unit becomes available again

/**
 * Expires holds whose deadline has passed, which releases their units. It uses the lanes like every command,
 * so any number of sweepers in any number of processes is safe.
 */
export class HoldSweeper {
  private readonly worker: PeriodicWorker;

  constructor(
    private readonly ledger: Ledger,
    private readonly lanes: Lanes,
    onError: (error: unknown) => void,
  ) {
    this.worker = new PeriodicWorker({ everyMs: SWEEP_EVERY_MS, run: () => this.sweep(), onError });
  }

  start(): void {
    this.worker.start();
  }

  /** Resolves after the sweep in progress. */
  stop(): Promise<void> {
    return this.worker.stop();
  }

  /** Expires all that is due now; returns how many holds. */
  async sweep(): Promise<number> {
    this.lanes.dropIdle();
    const drops = await this.ledger.dueDrops(DUE_DROPS_MAX);
    const counts = await Promise.all(drops.map((dropId) => this.sweepDrop(dropId)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  private async sweepDrop(dropId: string): Promise<number> {
    for (let expired = 0; ;) {
      const answer = await this.lanes.submit(dropId, { kind: 'expire', max: EXPIRE_BATCH_MAX });
      if (answer.kind === 'busy') return expired;
      expired += answer.holds;
      if (answer.holds < EXPIRE_BATCH_MAX) return expired;
    }
  }
}
