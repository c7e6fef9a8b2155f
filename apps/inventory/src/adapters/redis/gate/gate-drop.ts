import type { GateQuery } from '../../../application/ports/gate.port';
import type { Decision } from './decisions';
import { UnsyncedCustomers } from './unsynced-customers';

export interface Undecided {
  query: GateQuery;
  resolve: (decision: Decision) => void;
}

// SKUs for which gateways may refuse on their own; for further ones of a drop they ask the gate.
const REFUSED_SKUS_MAX = 500;

/** This process's state for a drop. All times by the monotonic clock. */
export class GateDrop {
  /** Places for the next call to Redis. */
  readonly undecided: Undecided[] = [];
  flushScheduled = false;
  /** Calls in flight. */
  callsInFlight = 0;
  /** Circuit open: no call before this time. */
  circuitOpenUntil = 0;
  /** Since when no call has succeeded; null while calls succeed. */
  failingSince: number | null = null;
  seeding = false;
  seedAgainAt = 0;
  doubtedUntil = 0;
  /**
   * When the ledger is read once more, because another instance may have seeded the gate while an outcome was
   * unknown.
   */
  reseedAt = Infinity;
  /** When an unreadable gate was last logged. */
  loggedAt = -Infinity;
  readonly unsynced = new UnsyncedCustomers();
  /** SKUs refused recently, oldest first. */
  private readonly refused = new Set<string>();
  private seededIn: string | null = null;

  constructor(
    readonly id: string,
    public lastUsedAt: number,
  ) {}

  /** Until when a batch with unknown outcome may still commit. */
  doubt(until: number): void {
    this.doubtedUntil = until;
    this.reseedAt = until;
  }

  /** Work is in progress that will change this state. */
  get isBusy(): boolean {
    return this.undecided.length > 0 || this.flushScheduled || this.callsInFlight > 0 || this.seeding;
  }

  /**
   * Identifies what a seeding is valid for: this incarnation of the gate's Redis, while no unsynced customer
   * is dropped here. Read it before the seeding: any loss in the meantime starts another incarnation.
   */
  incarnationIn(redis: string): string {
    return `${redis} ${this.unsynced.generation}`;
  }

  /** Whether the gate has been seeded in this incarnation. */
  seeded(incarnation: string): void {
    this.seededIn = incarnation;
  }

  /** Initially false: another process may have served customers that Redis does not know, and ended. */
  isSeeded(incarnation: string): boolean {
    return this.seededIn === incarnation;
  }

  noteRefused(sku: string): void {
    if (!this.refused.delete(sku) && this.refused.size >= REFUSED_SKUS_MAX) {
      const [oldest] = this.refused;
      if (oldest !== undefined) this.refused.delete(oldest);
    }
    this.refused.add(sku);
  }

  get refusedSkus(): string[] {
    return [...this.refused];
  }
}
