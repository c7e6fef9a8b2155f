import {
  type ConfirmOutcome,
  type DropRecord,
  type DropSummary,
  type ExtendOutcome,
  type Hold,
  type HoldRef,
  InventoryClient,
  type ListDrops,
  type ListHolds,
  type LiveFeed,
  type LiveMessage,
  type Page,
  type PayForHold,
  type PlaceHold,
  type PlaceOutcome,
  type ReleaseOutcome,
  type RetakeOutcome,
  type ReturnOutcome,
  type Shortage,
  type StockRow,
  type YieldOutcome,
} from '@holdfast/contracts';
import { type Clock, dropIdOf } from '@holdfast/kernel';
import { DropLatch } from './drop-latch';
import { CUSTOMERS_MAX, DOUBT_MS, DROPS_MAX } from './latch-settings';

/**
 * The sold-out latch: refuses from memory who would surely be told "sold out" by inventory, so that the losers of a drop, who are most of
 * its traffic, cost no call. It never grants, and what it says is at most `LATCH_MS_MAX` old (docs/adr/0010-sold-out-latch.md).
 */
export class LatchedInventory extends InventoryClient {
  private readonly latches = new Map<string, DropLatch>();
  private restsUntilMs = 0;
  private unsubscribe: (() => void) | undefined;
  /** For the metrics. */
  readonly counts = { refused: 0, certificates: 0, unsure: 0 };

  constructor(
    private readonly inventory: InventoryClient,
    private readonly feed: LiveFeed,
    private readonly clock: Clock,
  ) {
    super();
  }

  onModuleInit(): void {
    this.unsubscribe ??= this.feed.subscribe((message) => this.heed(message));
  }

  onModuleDestroy(): void {
    this.unsubscribe?.();
    this.unsubscribe = undefined;
  }

  /** How many drops something is kept of. */
  get size(): number {
    return this.latches.size;
  }

  // Not `async`: a refusal waits for nothing.
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
      return (outcome = await this.inventory.placeHold(command));
    } finally {
      const nowMs = this.clock.monotonicMs();
      latch.end(command, outcome, nowMs);
      const soldOut = outcome?.kind === 'refused' && outcome.reason === 'sold-out';
      if (soldOut && latch.lacks(lines, nowMs)) this.ask(dropId, latch, nowMs);
      this.tidy(dropId, latch, nowMs);
    }
  }

  override async releaseHold(command: HoldRef): Promise<ReleaseOutcome> {
    const outcome = await this.inventory.releaseHold(command);
    // Known here before the feed can tell: the next shopper through this gateway gets the units.
    if (outcome.kind === 'released') this.latchOf(command)?.clear();
    if (outcome.kind !== 'not-found') this.sawHold(command);
    return outcome;
  }

  override async getHold(query: HoldRef): Promise<Hold | null> {
    const hold = await this.inventory.getHold(query);
    if (hold !== null) this.sawHold(query);
    return hold;
  }

  override async listHolds(query: ListHolds): Promise<Page<Hold>> {
    const page = await this.inventory.listHolds(query);
    for (const { id, customerId } of page.items) this.sawHold({ holdId: id, customerId });
    return page;
  }

  override extendHold(command: PayForHold): Promise<ExtendOutcome> {
    return this.inventory.extendHold(command);
  }

  override confirmHold(command: PayForHold): Promise<ConfirmOutcome> {
    return this.inventory.confirmHold(command);
  }

  override yieldHold(command: PayForHold): Promise<YieldOutcome> {
    return this.inventory.yieldHold(command);
  }

  override releaseForOrder(command: PayForHold): Promise<ReleaseOutcome> {
    return this.inventory.releaseForOrder(command);
  }

  override retakeHold(command: PayForHold): Promise<RetakeOutcome> {
    return this.inventory.retakeHold(command);
  }

  override returnHold(command: PayForHold): Promise<ReturnOutcome> {
    return this.inventory.returnHold(command);
  }

  override listDrops(query: ListDrops): Promise<Page<DropSummary>> {
    return this.inventory.listDrops(query);
  }

  override getDrop(dropId: string): Promise<DropRecord | null> {
    return this.inventory.getDrop(dropId);
  }

  override shortageOf(dropId: string): Promise<Shortage | null> {
    return this.inventory.shortageOf(dropId);
  }

  override stockOf(dropId: string): Promise<StockRow[]> {
    return this.inventory.stockOf(dropId);
  }

  private heed(message: LiveMessage): void {
    if (message.kind === 'stock') this.latches.get(message.dropId)?.heed(message.rows);
    else if (message.kind === 'drop') this.latches.get(message.dropId)?.clear();
    // Units that come back will not be told of for a while. New certificates are good all the same: they do not rest on the feed.
    else if (message.kind === 'stale') for (const latch of this.latches.values()) latch.clear();
  }

  private ask(dropId: string, latch: DropLatch, nowMs: number): void {
    if (nowMs < this.restsUntilMs || !this.hasRoomFor(latch, nowMs)) return;
    const question = latch.ask(nowMs);
    if (question === null) return;
    void this.inventory
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

  /** A drop that finds no room is refused by inventory. */
  private hasRoomFor(asking: DropLatch, nowMs: number): boolean {
    if (this.latches.size <= DROPS_MAX) return true;
    for (const [dropId, latch] of this.latches)
      if (latch !== asking && latch.isIdle(nowMs)) this.latches.delete(dropId);
    return this.latches.size <= DROPS_MAX;
  }

  /** The certificate, if its customers have room beside those of all others. */
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
      // Commands without an answer in a thousand drops: inventory is away. Who they were cannot all be kept, so nobody is refused meanwhile.
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
