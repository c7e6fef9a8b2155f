import type { Clock } from '@holdfast/kernel';
import { GateDrop } from './gate-drop';

const IN_USE_MS = 60_000; // as long as a lane keeps what it has learnt
const DROPS_MAX = 2_000; // beyond it the ones not used for the longest time are forgotten; they are seeded again when they are asked for
// All that was sent to the ledger for a drop was decided long ago, so its next seeding finds there whatever Redis was not told.
const SETTLED_MS = 60_000;
const LOOK_AT_MAX = 8; // of the oldest, for each new one: enough to be rid of two for each that comes, and the same price for any number

/** The drops that this process has to do with. */
export class GateDrops {
  /** The least recently used first. */
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
      if (this.byId.size >= DROPS_MAX) this.forgetOldest();
      this.byId.set(dropId, (drop = new GateDrop(dropId, this.clock.monotonicMs())));
    }
    return drop;
  }

  /** Undefined when nothing is known of it here. */
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

  private forgetOldest(): void {
    const now = this.clock.monotonicMs();
    let looks = 0;
    for (const [dropId, drop] of this.byId) {
      if (this.byId.size < DROPS_MAX || (looks += 1) > LOOK_AT_MAX) return;
      const isSettled = now - drop.lastUsedAt > SETTLED_MS && now >= drop.doubtedUntil;
      // Until then it knows customers that neither Redis nor, perhaps, the ledger knows.
      if (!drop.isBusy && (isSettled || !drop.owes)) this.byId.delete(dropId);
    }
  }
}
