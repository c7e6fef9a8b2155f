import {
  networkNames,
  type PlaceHold,
  type PlaceOutcome,
  type Shortage,
  type StockRow,
} from '@holdfast/contracts';
import { Certificate, offer, type Question } from './certificate';
import {
  ASK_GAP_MS,
  DOUBT_MS,
  LATCH_MS_MAX,
  NOTED_MAX,
  RENEW_AFTER_MS,
  UNSURE_GAP_MS,
} from './latch-settings';

/**
 * The latch of one drop: its certificate, the request for the next one, and the customers who may have got
 * units through this gateway and are not in the certificate. All times by the monotonic clock.
 */
export class DropLatch {
  private certificate: Certificate | null = null;
  private question: Question | null = null;
  private nextQuestionAtMs = 0;
  private restsUntilMs = 0;
  /** Commands in flight to inventory, by customer. */
  private readonly onTheWay = new Map<string, number>();
  /**
   * Customers who got or may have got units, with the time before which a requested certificate may lack
   * them.
   */
  private readonly noted = new Map<string, number>();
  private notedUntilMs = 0;

  /** The lines to refuse from memory; null: call inventory. */
  shortLines(command: PlaceHold, nowMs: number): number[] | null {
    const { certificate } = this;
    if (certificate === null || nowMs < this.restsUntilMs) return null;
    const { customerId } = command;
    const notedAt = this.noted.get(customerId);
    if (this.onTheWay.has(customerId) || (notedAt !== undefined && notedAt >= certificate.askedAtMs))
      return null;
    for (const name of networkNames(command.network)) {
      const at = this.noted.get(name);
      if (at !== undefined && at >= certificate.askedAtMs) return null;
    }
    return certificate.shortLines(command, nowMs);
  }

  /** Records a command of this customer. Call it before the command is sent. */
  begin(customerId: string): void {
    this.onTheWay.set(customerId, (this.onTheWay.get(customerId) ?? 0) + 1);
  }

  /** The command has ended; if its outcome is unknown it may still be executed. */
  end({ customerId, network }: PlaceHold, outcome: PlaceOutcome | undefined, nowMs: number): void {
    const others = (this.onTheWay.get(customerId) ?? 1) - 1;
    if (others > 0) this.onTheWay.set(customerId, others);
    else this.onTheWay.delete(customerId);
    if (outcome === undefined || outcome.kind === 'busy') this.note(customerId, nowMs + DOUBT_MS);
    else if (outcome.kind === 'held' || outcome.kind === 'key-reused') this.hasUnits(customerId, nowMs);
    // With these units the network may have reached its limit.
    const refused = outcome?.kind === 'refused' && outcome.reason !== 'limit-reached';
    if (!refused) for (const name of networkNames(network)) this.hasUnits(name, nowMs);
  }

  /** The customer has or had a hold. A certificate requested later contains them. */
  hasUnits(customerId: string, nowMs: number): void {
    if (this.certificate !== null || this.question !== null) this.note(customerId, nowMs);
  }

  /** Handles a message of the feed with counts of this drop. */
  onStock(rows: readonly StockRow[]): void {
    if (this.certificate === null && this.question === null) return;
    for (const { sku, available } of rows) {
      this.certificate?.onOffer(sku, available);
      if (this.question !== null) offer(this.question, sku, available);
    }
  }

  /** Discards the certificate and the answer to a request in flight. */
  clear(): void {
    this.certificate = null;
    this.question = null;
  }

  /** True if the certificate expires soon. */
  isOld(nowMs: number): boolean {
    return this.certificate === null || nowMs - this.certificate.askedAtMs >= RENEW_AFTER_MS;
  }

  /** True unless the certificate allows refusing these lines to a new customer for a while. */
  lacks(lines: PlaceHold['lines'], nowMs: number): boolean {
    return this.isOld(nowMs) || this.certificate!.shortLines({ customerId: '', lines }, nowMs) === null;
  }

  /** Starts a request for a certificate, one at a time; null if it is too early or one is in flight. */
  ask(nowMs: number): Question | null {
    // One in flight for so long would return an expired certificate.
    const waits = this.question !== null && nowMs - this.question.askedAtMs < LATCH_MS_MAX;
    if (waits || nowMs < this.nextQuestionAtMs || nowMs < this.restsUntilMs) return null;
    this.nextQuestionAtMs = nowMs + ASK_GAP_MS;
    return (this.question = { askedAtMs: nowMs, offered: new Map() });
  }

  /** Handles the answer to a request; undefined: it failed. Returns whether there is a certificate now. */
  answer(question: Question, shortage: Shortage | null | undefined, nowMs: number): boolean {
    if (this.question !== question) return false; // cleared meanwhile: the answer is obsolete
    this.question = null;
    if (shortage === undefined) return false;
    if (shortage === null) {
      this.certificate = null;
      this.nextQuestionAtMs = nowMs + UNSURE_GAP_MS;
      return false;
    }
    this.certificate = new Certificate(shortage, question);
    for (const [customerId, until] of this.noted) {
      if (until < question.askedAtMs) this.noted.delete(customerId);
    }
    return true;
  }

  /** Whether commands are in flight, whose end the latch must record. */
  get isBusy(): boolean {
    return this.onTheWay.size > 0;
  }

  /** Number of customers in its certificate. */
  customers(nowMs: number): number {
    if (this.certificate?.isOver(nowMs) === true) this.certificate = null;
    return this.certificate?.size ?? 0;
  }

  /** True if this latch can be evicted without a loss. */
  isIdle(nowMs: number): boolean {
    if (this.isBusy || this.question !== null) return false;
    if (this.certificate?.isOver(nowMs) === false) return false;
    return nowMs >= this.restsUntilMs && (this.noted.size === 0 || nowMs > this.notedUntilMs);
  }

  private note(customerId: string, untilMs: number): void {
    if (this.noted.size >= NOTED_MAX) {
      // The customers were dropped, so nothing may be refused until inventory knows all of them.
      this.noted.clear();
      this.clear();
      this.restsUntilMs = untilMs + DOUBT_MS;
      return;
    }
    this.noted.set(customerId, Math.max(untilMs, this.noted.get(customerId) ?? 0));
    this.notedUntilMs = Math.max(untilMs, this.notedUntilMs);
  }
}
