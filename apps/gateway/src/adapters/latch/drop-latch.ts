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
 * The latch of one drop: its certificate, the question for the next one, and the customers who may have got units through this gateway
 * without the certificate knowing. All times are of the monotonic clock.
 */
export class DropLatch {
  private certificate: Certificate | null = null;
  private question: Question | null = null;
  private nextQuestionAtMs = 0;
  private restsUntilMs = 0;
  /** Commands on their way to inventory, by customer. */
  private readonly onTheWay = new Map<string, number>();
  /** Customers who got units, or may have: a certificate asked for before the time noted may not know them. */
  private readonly noted = new Map<string, number>();
  private notedUntilMs = 0;

  /** The lines to refuse from memory; null means: ask inventory. */
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

  /** A command of this customer sets out. To be called before it is sent, for it can be carried out at once. */
  begin(customerId: string): void {
    this.onTheWay.set(customerId, (this.onTheWay.get(customerId) ?? 0) + 1);
  }

  /** The command has come to its end; without an outcome it may still be carried out. */
  end({ customerId, network }: PlaceHold, outcome: PlaceOutcome | undefined, nowMs: number): void {
    const others = (this.onTheWay.get(customerId) ?? 1) - 1;
    if (others > 0) this.onTheWay.set(customerId, others);
    else this.onTheWay.delete(customerId);
    if (outcome === undefined || outcome.kind === 'busy') this.note(customerId, nowMs + DOUBT_MS);
    else if (outcome.kind === 'held' || outcome.kind === 'key-reused') this.hasUnits(customerId, nowMs);
    // With these units, known or not, the network may be at its limit.
    const refused = outcome?.kind === 'refused' && outcome.reason !== 'limit-reached';
    if (!refused) for (const name of networkNames(network)) this.hasUnits(name, nowMs);
  }

  /** The customer has, or had, a hold. A certificate that is asked for later knows that by itself. */
  hasUnits(customerId: string, nowMs: number): void {
    if (this.certificate !== null || this.question !== null) this.note(customerId, nowMs);
  }

  /** A message of the feed: counts of this drop. */
  heed(rows: readonly StockRow[]): void {
    if (this.certificate === null && this.question === null) return;
    for (const { sku, available } of rows) {
      this.certificate?.heed(sku, available);
      if (this.question !== null) offer(this.question, sku, available);
    }
  }

  /** Forgets what is sure, and what a question under way will tell: something has happened since. */
  clear(): void {
    this.certificate = null;
    this.question = null;
  }

  /** True when the certificate will end soon. */
  isOld(nowMs: number): boolean {
    return this.certificate === null || nowMs - this.certificate.askedAtMs >= RENEW_AFTER_MS;
  }

  /** True when the certificate does not say that somebody new would be refused these lines for a while. */
  lacks(lines: PlaceHold['lines'], nowMs: number): boolean {
    return this.isOld(nowMs) || this.certificate!.shortLines({ customerId: '', lines }, nowMs) === null;
  }

  /** Begins a question, one at a time; null when it is not the moment. */
  ask(nowMs: number): Question | null {
    // One without an answer for so long would bring a certificate that is over.
    const waits = this.question !== null && nowMs - this.question.askedAtMs < LATCH_MS_MAX;
    if (waits || nowMs < this.nextQuestionAtMs || nowMs < this.restsUntilMs) return null;
    this.nextQuestionAtMs = nowMs + ASK_GAP_MS;
    return (this.question = { askedAtMs: nowMs, offered: new Map() });
  }

  /** The answer to a question; undefined when none came. Says whether there is a certificate now. */
  answer(question: Question, shortage: Shortage | null | undefined, nowMs: number): boolean {
    if (this.question !== question) return false; // cleared meanwhile: what it tells is from before
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

  /** Commands are on their way: the latch must know of their end. */
  get isBusy(): boolean {
    return this.onTheWay.size > 0;
  }

  /** The customers that it keeps in memory by its certificate. */
  customers(nowMs: number): number {
    if (this.certificate?.isOver(nowMs) === true) this.certificate = null;
    return this.certificate?.size ?? 0;
  }

  /** True when nothing would be lost by forgetting this latch. */
  isIdle(nowMs: number): boolean {
    if (this.isBusy || this.question !== null) return false;
    if (this.certificate?.isOver(nowMs) === false) return false;
    return nowMs >= this.restsUntilMs && (this.noted.size === 0 || nowMs > this.notedUntilMs);
  }

  private note(customerId: string, untilMs: number): void {
    if (this.noted.size >= NOTED_MAX) {
      // Nobody is remembered any more, so nobody may be refused until all of them are known to inventory.
      this.noted.clear();
      this.clear();
      this.restsUntilMs = untilMs + DOUBT_MS;
      return;
    }
    this.noted.set(customerId, Math.max(untilMs, this.noted.get(customerId) ?? 0));
    this.notedUntilMs = Math.max(untilMs, this.notedUntilMs);
  }
}
