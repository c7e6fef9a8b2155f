import type { Logger } from '@holdfast/observability';
import type { OrderRecord } from '../domain/order';
import type { PaySaga } from './pay-saga';
import type { OrderStore } from './ports/order-store.port';

const DROPS_MAX = 20; // of one round; the next follows at once while there is more
const ORDERS_MAX = 40; // taken at a time; they are driven within the lease even when each needs a slow call
const AT_ONCE = 20; // leaves connections for shoppers who pay now

/** Finishes what a crash, a lost answer or a waiting shopper left open. Any number of them, in any number of processes, does no harm. */
export class CompleteDue {
  constructor(
    private readonly store: OrderStore,
    private readonly saga: PaySaga,
    private readonly logger: Logger,
    private readonly leaseMs: number,
  ) {}

  /** One round. Returns how many orders it looked at; 0 = nothing is due. */
  async round(shouldStop: () => boolean = () => false): Promise<number> {
    let looked = 0;
    for (const dropId of await this.store.dueDrops(DROPS_MAX)) {
      if (shouldStop()) break;
      const orders = await this.store.claimDue(dropId, ORDERS_MAX, this.leaseMs);
      looked += orders.length;
      await this.driveAll(orders, shouldStop);
    }
    return looked;
  }

  private async driveAll(orders: OrderRecord[], shouldStop: () => boolean): Promise<void> {
    const left = [...orders];
    const worker = async () => {
      for (let order = left.pop(); order && !shouldStop(); order = left.pop()) await this.driveOne(order);
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, orders.length) }, worker));
  }

  /** One order that cannot be driven must not keep the others waiting; its lease ends and it is due again. */
  private async driveOne(order: OrderRecord): Promise<void> {
    try {
      await this.saga.drive(order);
    } catch (error) {
      this.logger.warn({ err: error, orderId: order.orderId, step: order.step }, 'order could not be driven');
    }
  }
}
