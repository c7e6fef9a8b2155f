import {
  type Drops,
  type Hold,
  type HoldRef,
  type ListHolds,
  type LiveFeed,
  type LiveMessage,
  type Page,
  type PlaceHold,
  type PlaceOutcome,
  type ReleaseOutcome,
  type Shortage,
  ShopperHolds,
} from '@holdfast/contracts';
import { type Clock, dropIdOf } from '@holdfast/kernel';
import { DropLatch } from './drop-latch';
import { CUSTOMERS_MAX, DOUBT_MS, DROPS_MAX } from './latch-settings';

/**
 * The sold-out latch: refuses from memory what inventory would certainly refuse as sold out, so that refused
 * requests, which are most of a drop's traffic, cost no call. It never grants, and its data are at most
 * `LATCH_MS_MAX` old (docs/adr/0010-sold-out-latch.md).
 */
export class LatchedHolds extends ShopperHolds {
  private readonly latches = new Map<string, DropLatch>();
  private restsUntilMs = 0;
  private unsubscribe: (() => void) | undefined;
  /** For the metrics. */
  readonly counts = { refused: 0, certificates: 0, unsure: 0 };

  constructor(
    private readonly holds: ShopperHolds,
    private readonly drops: Pick<Drops, 'shortageOf'>,
    private readonly feed: LiveFeed,
    private readonly clock: Clock,
  ) {
    super();
  }

  start(): void {
    this.unsubscribe ??= this.feed.subscribe((message) => this.onMessage(message));
  }

  stop(): void {
    this.unsubscribe?.();
    this.unsubscribe = undefined;
  }

  /** Number of drops in memory. */
  get size(): number {
    return this.latches.size;
  }

  // Not `async`: a refusal is synchronous.
  override placeHold(command: PlaceHold): Promise<PlaceOutcome> {
    const { dropId } = command;
    const nowMs = this.clock.monotonicMs();
    const latch = this.latches.get(dropId);
    const shortLines = latch && nowMs >= this.restsUntilMs ? latch.shortLines(command, nowMs) : null;
    if (latch === undefined || shortLines === null) return this.pass(command, latch ?? this.open(dropId));
    this.counts.refused += 1;
    if (latch.isOld(nowMs)) this.ask(dropId, latch, nowMs);
    return Promise.resolve({ kind: 'refused', reason: 'sold-out', shortLines });
  }

  private async pass(command: PlaceHold, latch: DropLatch): Promise<PlaceOutcome> {
    const { dropId, customerId, lines } = command;
    let outcome: PlaceOutcome | undefined;
    latch.begin(customerId);
    try {
      return (outcome = await this.holds.placeHold(command));
    } finally {
      const nowMs = this.clock.monotonicMs();
      latch.end(command, outcome, nowMs);
      const soldOut = outcome?.kind === 'refused' && outcome.reason === 'sold-out';
      if (soldOut && latch.lacks(lines, nowMs)) this.ask(dropId, latch, nowMs);
      this.tidy(dropId, latch, nowMs);
    }
  }

  override async releaseHold(command: HoldRef): Promise<ReleaseOutcome> {
    const outcome = await this.holds.releaseHold(command);
    // Earlier than the feed's message: the next shopper through this gateway can get the units.
    if (outcome.kind === 'released') this.latchOf(command)?.clear();
    if (outcome.kind !== 'not-found') this.sawHold(command);
    return outcome;
  }

  override async getHold(query: HoldRef): Promise<Hold | null> {
    const hold = await this.holds.getHold(query);
    if (hold !== null) this.sawHold(query);
    return hold;
  }

  override async listHolds(query: ListHolds): Promise<Page<Hold>> {
    const page = await this.holds.listHolds(query);
    for (const { id, customerId } of page.items) this.sawHold({ holdId: id, customerId });
    return page;
  }

  private onMessage(message: LiveMessage): void {
    if (message.kind === 'stock') this.latches.get(message.dropId)?.onStock(message.rows);
    else if (message.kind === 'drop') this.latches.get(message.dropId)?.clear();
    // Available units will not be reported for a while. New certificates are still valid: they do not depend
    // on the feed.
    else if (message.kind === 'stale') for (const latch of this.latches.values()) latch.clear();
  }

  private ask(dropId: string, latch: DropLatch, nowMs: number): void {
    if (nowMs < this.restsUntilMs || !this.hasRoomFor(latch, nowMs)) return;
    const question = latch.ask(nowMs);
    if (question === null) return;
    void this.drops
      .shortageOf(dropId)
      .catch(() => undefined)
      .then((shortage) => {
        const doneMs = this.clock.monotonicMs();
        const certified = latch.answer(question, shortage && this.fitting(shortage, latch, doneMs), doneMs);
        this.counts[certified ? 'certificates' : 'unsure'] += 1;
        this.tidy(dropId, latch, doneMs);
      });
  }

  private open(dropId: string): DropLatch {
    const latch = new DropLatch();
    this.latches.set(dropId, latch);
    return latch;
  }

  /** Without space for a drop, inventory refuses. */
  private hasRoomFor(asking: DropLatch, nowMs: number): boolean {
    if (this.latches.size <= DROPS_MAX) return true;
    for (const [dropId, latch] of this.latches)
      if (latch !== asking && latch.isIdle(nowMs)) this.latches.delete(dropId);
    return this.latches.size <= DROPS_MAX;
  }

  /** The certificate, if its customers fit into the limit for all certificates. */
  private fitting(shortage: Shortage, latch: DropLatch, nowMs: number): Shortage | null {
    let customers = shortage.customers.length;
    for (const other of this.latches.values()) if (other !== latch) customers += other.customers(nowMs);
    return customers <= CUSTOMERS_MAX ? shortage : null;
  }

  private tidy(dropId: string, latch: DropLatch, nowMs: number): void {
    if (this.latches.get(dropId) !== latch) return;
    if (latch.isIdle(nowMs)) {
      this.latches.delete(dropId);
    } else if (this.latches.size > 2 * DROPS_MAX && !latch.isBusy) {
      // Commands without an answer in a thousand drops: inventory is unreachable. Not all of their customers
      // can be kept, so refuse nothing.
      this.latches.delete(dropId);
      this.restsUntilMs = nowMs + DOUBT_MS;
    }
  }

  private sawHold(ref: HoldRef): void {
    this.latchOf(ref)?.hasUnits(ref.customerId, this.clock.monotonicMs());
  }

  private latchOf({ holdId }: HoldRef): DropLatch | undefined {
    const dropId = dropIdOf(holdId);
    return dropId === undefined ? undefined : this.latches.get(dropId);
  }
}
