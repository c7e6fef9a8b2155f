import type { OrderHolds } from '@holdfast/contracts';
import { isGhostId, withDeadline } from '@holdfast/kernel';
import type { OrdersWithoutMerchant } from './ports/orders-without-merchant.port';

const KNOWN_MAX = 10_000; // some 60 bytes each
const ASK_MS = 500; // a payment does not wait for it longer: the worker fills it in
const DROPS_AT_ONCE = 100;
const ORDERS_AT_ONCE = 1_000; // about 50 ms of row locks

/** Whose drops they are, asked of inventory once: a drop's merchant never changes. */
export class MerchantsOfDrops {
  private readonly known = new Map<string, string>();
  private after = '';

  constructor(
    private readonly inventory: Pick<OrderHolds, 'merchantOfDrop'>,
    private readonly orders: OrdersWithoutMerchant,
  ) {}

  /** Null when inventory cannot tell it now; no order is refused for that. */
  async of(dropId: string): Promise<string | null> {
    try {
      return await withDeadline('the merchant', ASK_MS, this.ask(dropId));
    } catch {
      return null; // an inventory of the release before does not even know the call
    }
  }

  /** One round over orders without a merchant: those of before, and those for which it could not be told. Returns how many got one. */
  async fill(): Promise<number> {
    const drops = await this.orders.drops(this.after, DROPS_AT_ONCE);
    // Drops that inventory does not know come again after all others.
    this.after = drops.length === DROPS_AT_ONCE ? drops.at(-1)! : '';
    let filled = 0;
    for (const dropId of drops) {
      const merchantId = await this.ask(dropId);
      if (merchantId !== null) filled += await this.orders.fill(dropId, merchantId, ORDERS_AT_ONCE);
    }
    return filled;
  }

  private async ask(dropId: string): Promise<string | null> {
    if (isGhostId(dropId)) return null; // in no merchant's orders
    const known = this.known.get(dropId);
    if (known !== undefined) return known;
    const merchantId = await this.inventory.merchantOfDrop(dropId);
    if (merchantId === null) return null;
    if (this.known.size >= KNOWN_MAX) this.known.delete(this.known.keys().next().value!);
    this.known.set(dropId, merchantId);
    return merchantId;
  }
}
