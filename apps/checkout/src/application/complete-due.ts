import type { Logger } from '@holdfast/observability';
import type { OrderRecord } from '../domain/order';
import type { PaySaga } from './pay-saga';
import type { OrderStore } from './ports/order-store.port';

const DROPS_MAX = 20; // of one run; the next follows at once while there is more
// Leased in one run and driven concurrently, so that none waits behind another's slow call while its lease runs. A call to the provider holds
// no connection; half of the provider's hundred permits are left to shoppers who pay now.
const ORDERS_MAX = 50;

/** Finishes orders that a crash, a lost answer or a waiting shopper left open. Any number may run, in any number of processes. */
export class CompleteDue {
  constructor(
    private readonly store: OrderStore,
    private readonly saga: PaySaga,
    private readonly logger: Logger,
    private readonly leaseMs: number,
  ) {}

  /** One run; takes as long as its slowest order. Returns how many orders it drove; 0: nothing was due. */
  async round(stopped?: AbortSignal): Promise<number> {
    const driven: Promise<void>[] = [];
    let drops = await this.store.dueDrops(DROPS_MAX);
    try {
      while (drops.length > 0 && driven.length < ORDERS_MAX) {
        // A busy drop gets only what the others leave.
        const share = Math.max(1, Math.floor((ORDERS_MAX - driven.length) / drops.length));
        const crowded: string[] = [];
        for (const dropId of drops) {
          if (driven.length >= ORDERS_MAX || stopped?.aborted) break;
          const orders = await this.store.claimDue(dropId, share, this.leaseMs);
          driven.push(...orders.map((order) => this.driveOne(order)));
          if (orders.length === share) crowded.push(dropId);
        }
        drops = crowded;
      }
    } finally {
      await Promise.all(driven);
    }
    return driven.length;
  }

  /** One order that cannot be driven must not keep the others waiting; its lease ends and it is due again. */
  private async driveOne(order: OrderRecord): Promise<void> {
    try {
      await this.saga.drive(order);
    } catch (error) {
      this.logger.warn(
        { err: error, orderId: order.orderId, step: order.step },
        'order could not be completed, retrying',
      );
    }
  }
}
