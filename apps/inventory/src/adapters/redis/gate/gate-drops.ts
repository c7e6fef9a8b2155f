import type { Clock } from '@holdfast/kernel';
import { GateDrop } from './gate-drop';

const IN_USE_MS = 60_000; // as long as an idle lane is kept
const DROPS_MAX = 2_000; // beyond it the least recently used are evicted, and seeded again at their next use
// By then the ledger has decided all places of a drop, so its next seeding finds everything there.
const SETTLED_MS = 60_000;
// Oldest drops to check for each new one: enough to evict two for each, at a constant cost.
const LOOK_AT_MAX = 8;

/** The drops that this process serves. */
export class GateDrops {
  /** Least recently used first. */
  private readonly byId = new Map<string, GateDrop>();

  constructor(private readonly clock: Clock) {}

  /** Somebody asks about it. */
  use(dropId: string): GateDrop {
    const drop = this.get(dropId);
    drop.lastUsedAt = this.clock.monotonicMs();
    this.byId.delete(dropId);
    this.byId.set(dropId, drop);
    return drop;
  }

  get(dropId: string): GateDrop {
    let drop = this.byId.get(dropId);
    if (drop === undefined) {
      if (this.byId.size >= DROPS_MAX) this.evictOldest();
      this.byId.set(dropId, (drop = new GateDrop(dropId, this.clock.monotonicMs())));
    }
    return drop;
  }

  /** Undefined if there is no state for it. */
  find(dropId: string): GateDrop | undefined {
    return this.byId.get(dropId);
  }

  get size(): number {
    return this.byId.size;
  }

  isInUse(dropId: string): boolean {
    const drop = this.byId.get(dropId);
    return drop !== undefined && this.clock.monotonicMs() - drop.lastUsedAt <= IN_USE_MS;
  }

  private evictOldest(): void {
    const now = this.clock.monotonicMs();
    let looks = 0;
    for (const [dropId, drop] of this.byId) {
      if (this.byId.size < DROPS_MAX || (looks += 1) > LOOK_AT_MAX) return;
      if (drop.isBusy || now < drop.doubtedUntil) continue;
      const isSettled = now - drop.lastUsedAt > SETTLED_MS;
      // Until then its customers may be missing in Redis and in the ledger.
      if (isSettled || drop.unsynced.isEmpty) this.byId.delete(dropId);
    }
  }
}
