import type { Clock } from '@holdfast/kernel';
import { GateDrop } from './gate-drop';

const IN_USE_MS = 60_000; // as long as a lane keeps what it has learnt
const DROPS_MAX = 2_000; // beyond it the ones not used for the longest time are forgotten; they are seeded again when they are asked for

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
      this.byId.set(dropId, (drop = new GateDrop(dropId)));
    }
    return drop;
  }

  isInUse(dropId: string): boolean {
    const drop = this.byId.get(dropId);
    return drop !== undefined && this.clock.monotonicMs() - drop.lastUsedAt <= IN_USE_MS;
  }

  private forgetOldest(): void {
    for (const [dropId, drop] of this.byId) {
      // It knows customers that Redis does not.
      if (drop.owes || drop.asking.length > 0 || drop.seeding) continue;
      this.byId.delete(dropId);
      return;
    }
  }
}
