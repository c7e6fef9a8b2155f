import type { LiveMessage } from '@holdfast/contracts';
import type { Clock } from '@holdfast/kernel';

const CHECK_EVERY_MS = 100; // a small part of the 3 s in which viewers must be told

/**
 * Watches the lease that projectors renew while the view is fresh, and notifies readers when it has expired or is renewed again.
 *
 * Renewals are received only on the channel of the counts: a valid lease in Redis proves nothing for a gateway that no longer receives counts.
 * They contain durations only, so clocks may differ.
 */
export class LeaseWatch {
  private staleSince: string | null;
  private endsAtMs = Number.NEGATIVE_INFINITY;
  private asOf: string;
  private linked = false;
  private renewedOnLink = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly tell: (message: LiveMessage) => void,
  ) {
    this.asOf = new Date(clock.now()).toISOString();
    this.staleSince = this.asOf;
  }

  /** Null while the view is fresh. */
  get since(): string | null {
    return this.staleSince;
  }

  /**
   * True when a projector has renewed the lease since the connection to Redis was last lost. A Redis that recovers with old data is confirmed only
   * after it has been reloaded.
   */
  get isIntact(): boolean {
    return this.renewedOnLink;
  }

  /** How old the counts may be, by the clocks of projector and gateway. */
  get lagMs(): number {
    return Math.max(0, this.clock.now() - Date.parse(this.asOf));
  }

  start(): void {
    this.timer ??= setInterval(() => this.check(), CHECK_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** From now on no message is missed, and what was missed has been reloaded. */
  open(): void {
    this.linked = true;
  }

  /** From now on counts may be missed. A renewed lease lasts until it expires. */
  close(): void {
    this.linked = false;
    this.renewedOnLink = false;
  }

  renewed({ lastsMs, asOf }: { lastsMs: number; asOf: string }): void {
    if (!this.linked) return;
    this.renewedOnLink = true;
    this.endsAtMs = this.clock.monotonicMs() + lastsMs;
    this.asOf = asOf;
    if (this.staleSince === null) return;
    this.staleSince = null;
    this.tell({ kind: 'fresh' });
  }

  private check(): void {
    // After a pause of this process renewals may be unread: they are read before the decision.
    if (this.isOver()) setImmediate(() => this.judge());
  }

  private judge(): void {
    if (!this.isOver()) return;
    this.staleSince = this.asOf;
    this.tell({ kind: 'stale', since: this.asOf });
  }

  private isOver(): boolean {
    return this.staleSince === null && this.clock.monotonicMs() >= this.endsAtMs;
  }
}
