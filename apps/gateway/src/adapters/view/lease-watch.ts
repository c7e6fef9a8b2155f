import type { LiveMessage } from '@holdfast/contracts';
import type { Clock } from '@holdfast/kernel';

const CHECK_EVERY_MS = 100; // a part of the 3 s in which viewers are told

/**
 * Watches the lease that projectors renew while the view keeps up, and tells readers when it has run out or is back.
 *
 * Renewals are heard on the channel of the counts and nowhere else: a lease that is alive in Redis says nothing about a gateway which hears no
 * counts any more. Only lengths of time are taken from them, so clocks that differ do no harm.
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

  /** Null while the view keeps up. */
  get since(): string | null {
    return this.staleSince;
  }

  /**
   * True when a projector has vouched for the view since we last lost Redis. A Redis that comes back with what it had some time ago is vouched for
   * only when it has been loaded again.
   */
  get isIntact(): boolean {
    return this.renewedOnLink;
  }

  start(): void {
    this.timer ??= setInterval(() => this.check(), CHECK_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** From now on nothing is missed, and what was has been read again. */
  open(): void {
    this.linked = true;
  }

  /** From now on counts may be missed. What was vouched for stays so until its time is over. */
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
    // After a pause of this process renewals may wait unread: they are heard before the verdict.
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
