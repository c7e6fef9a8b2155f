import type { StockRow } from '@holdfast/contracts';
import type { Clock } from '@holdfast/kernel';

const AT_ONCE_MAX = 4; // of all drops together: leaves the ledger's connections to buyers
const GAP_MS = 100; // between two reads of one drop, however many readers reconnect

/** Reads counts from the ledger at a limited rate. The caller ensures that one read of a drop is in flight at a time. */
export class LedgerReads {
  private readonly lastAtMs = new Map<string, number>();
  private readonly waiting: (() => void)[] = [];
  private running = 0;
  private done = 0;

  constructor(
    private readonly ledger: (dropId: string) => Promise<StockRow[]>,
    private readonly clock: Clock,
  ) {}

  get count(): number {
    return this.done;
  }

  async read(dropId: string): Promise<StockRow[]> {
    await this.gap(dropId);
    if (this.running >= AT_ONCE_MAX) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.running += 1;
    this.done += 1;
    try {
      return await this.ledger(dropId);
    } finally {
      this.running -= 1;
      this.waiting.shift()?.();
    }
  }

  private async gap(dropId: string): Promise<void> {
    const wait = (this.lastAtMs.get(dropId) ?? Number.NEGATIVE_INFINITY) + GAP_MS - this.clock.monotonicMs();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const now = this.clock.monotonicMs();
    this.lastAtMs.delete(dropId);
    this.lastAtMs.set(dropId, now);
    for (const [other, at] of this.lastAtMs) {
      if (now - at < GAP_MS) break;
      this.lastAtMs.delete(other);
    }
  }
}
