import type { CheckoutClient, DropStats, Figures, OrderStats } from '@holdfast/contracts';
import type { Clock } from '@holdfast/kernel';
import { ReadThrough } from './read-through';

// Counting the holds of a large drop takes tens of milliseconds: watchers of one second share them.
const STATS_MS_MAX = 1_000;
const STATS_KEPT = 1_000;
const DEADLINE_MS = 2_500;

export interface DropTotals {
  stats: DropStats;
  orders: OrderStats;
}

/** What happened in a drop so far, at most a second old. */
export class DropFigures {
  private readonly totals: ReadThrough<DropTotals | null>;

  constructor(
    private readonly figures: Pick<Figures, 'dropStats'>,
    private readonly checkout: Pick<CheckoutClient, 'orderStats'>,
    clock: Clock,
  ) {
    this.totals = new ReadThrough({
      what: 'figures',
      load: (key) => this.load(JSON.parse(key) as [string, string]),
      clock,
      maxAgeMs: STATS_MS_MAX,
      entriesMax: STATS_KEPT,
      deadlineMs: DEADLINE_MS,
      patienceMs: DEADLINE_MS,
    });
  }

  /** Null: not a drop of this merchant. Throws `ServiceUnavailable`. */
  async of(merchantId: string, dropId: string): Promise<DropTotals | null> {
    return (await this.totals.get(JSON.stringify([merchantId, dropId]))).value;
  }

  private async load([merchantId, dropId]: [string, string]): Promise<DropTotals | null> {
    const stats = await this.figures.dropStats({ merchantId, dropId });
    return stats && { stats, orders: await this.checkout.orderStats({ merchantId, dropId }) };
  }
}
