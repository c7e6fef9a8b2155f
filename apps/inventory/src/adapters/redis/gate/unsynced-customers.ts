// About 2 MB for each drop. With more of them the gate is seeded again instead.
const UNSYNCED_MAX = 20_000;

/** Customers of a drop who have or may get units, and are not known to Redis yet. */
export class UnsyncedCustomers {
  private readonly granted = new Set<string>();
  /** By the hold whose place went to the ledger unseen, until it is decided. */
  private readonly unseen = new Map<string, string>();
  private overflows = 0;

  /** Grows when some were dropped: a gate seeded before may lack them permanently. */
  get generation(): number {
    return this.overflows;
  }

  get isEmpty(): boolean {
    return this.granted.size === 0 && this.unseen.size === 0;
  }

  get all(): string[] {
    return [...new Set([...this.granted, ...this.unseen.values()])];
  }

  addGranted(customerIds: Iterable<string>): void {
    for (const customerId of customerIds) this.granted.add(customerId);
    this.dropIfTooMany();
  }

  addUnseen(holdId: string, customerId: string): void {
    this.unseen.set(holdId, customerId);
    this.dropIfTooMany();
  }

  /**
   * The ledger has decided, or was not called. Customers who got units are reported separately; the others
   * have none.
   */
  decided(holdIds: Iterable<string>): void {
    if (this.unseen.size > 0) for (const holdId of holdIds) this.unseen.delete(holdId);
  }

  synced(customerIds: Iterable<string>): void {
    const synced = new Set(customerIds);
    for (const customerId of synced) this.granted.delete(customerId);
    for (const [holdId, customerId] of this.unseen) if (synced.has(customerId)) this.unseen.delete(holdId);
  }

  private dropIfTooMany(): void {
    if (this.granted.size + this.unseen.size <= UNSYNCED_MAX) return;
    this.granted.clear();
    this.unseen.clear();
    this.overflows += 1;
  }
}
