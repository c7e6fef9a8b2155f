import type { Lanes } from './lanes';
import type { Ledger } from './ports/ledger.port';

const EXPIRE_BATCH_MAX = 256; // as much work as a full batch of places, so a sweep delays shoppers by one batch
const DUE_DROPS_MAX = 200; // the rest is found by the next sweep
const SWEEP_EVERY_MS = 300; // how late a unit may come back on offer

/**
 * Gives back the units of holds whose time is over. It goes through the lanes like everybody, so any number of sweepers, in any number of
 * processes, only ask for the same thing twice.
 */
export class HoldSweeper {
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly ledger: Ledger,
    private readonly lanes: Lanes,
    private readonly onTrouble: (error: unknown) => void,
  ) {}

  start(): void {
    this.timer ??= setTimeout(() => {
      this.running = this.sweep()
        .then(() => undefined, this.onTrouble)
        .then(() => {
          if (this.timer === null) return;
          this.timer = null;
          this.start();
        });
    }, SWEEP_EVERY_MS);
  }

  /** Ends after the sweep that is under way. */
  async stop(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    await this.running;
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
