import type { Shortage } from '@holdfast/contracts';
import { RedisUnavailable } from '@holdfast/redis';
import type { GateDrop } from './gate-drop';
import type { GateLink, GateParts } from './gate-link';

/** Which of the recently refused SKUs are certainly sold out. */
export class GateShortage {
  private readonly reads = new Map<string, Promise<Shortage | null>>();

  constructor(
    private readonly parts: GateParts,
    private readonly link: GateLink,
  ) {}

  /** Never rejects. Concurrent reads of a drop are coalesced. */
  of(dropId: string): Promise<Shortage | null> {
    let reading = this.reads.get(dropId);
    if (reading === undefined) {
      reading = this.readIfSure(dropId).finally(() => this.reads.delete(dropId));
      this.reads.set(dropId, reading);
    }
    return reading;
  }

  private async readIfSure(dropId: string): Promise<Shortage | null> {
    const drop = this.parts.drops.use(dropId);
    if (!this.link.isOpen(drop) || !drop.unsynced.isEmpty || !this.link.isSeeded(drop)) return null;
    try {
      return await this.read(drop);
    } catch (error) {
      if (error instanceof RedisUnavailable) this.link.failed(drop, error);
      return null;
    }
  }

  /**
   * While gateways refuse on their own, no place reaches the gate that could reveal a missed update. So rows
   * that were not confirmed recently are read from the ledger first, once for each call.
   */
  private async read(drop: GateDrop): Promise<Shortage | null> {
    const { scripts } = this.parts;
    const skus = drop.refusedSkus;
    let read = await scripts.shortage(drop.id, skus);
    const old = skus.filter((_, index) => read?.units[index] === null);
    if (read !== null && old.length > 0) {
      await this.refresh(drop.id, old);
      read = await scripts.shortage(drop.id, skus);
    }
    if (read === null) return null;
    const { perCustomerLimit, openForMs, units, customers } = read;
    const available = skus.flatMap((sku, index) => {
      const left = units[index] ?? null;
      return left === null ? [] : [{ sku, units: left }];
    });
    return { dropId: drop.id, perCustomerLimit, openForMs, available, customers };
  }

  private async refresh(dropId: string, skus: readonly string[]): Promise<void> {
    const sale = await this.parts.source.saleOf(dropId, skus);
    if (sale !== null) await this.parts.scripts.learn(dropId, { current: true, sale, rows: sale.available });
  }
}
