import { ServiceUnavailable, type Busy } from '@holdfast/contracts';
import type { Clock } from '@holdfast/kernel';
import { type AnswerTo, isOfMerchant, type LaneCommand } from '../domain/lane-command';
import { LaneEntry, LaneQueue } from './lane-queue';
import type { LaneSettings } from './lane-settings';
import type { LaneNews, Ledger } from './ports/ledger.port';
import { settleBatch, type EntryOutcome } from './settle-batch';
import { WaitEstimate } from './wait-estimate';

export interface LaneParts {
  ledger: Ledger;
  clock: Clock;
  random: () => number;
  settings: LaneSettings;
  onNews: (news: LaneNews) => void;
  onDoubt: (dropId: string) => void;
}

const WATCH_EVERY_MS = 50; // precision of deadlines

/**
 * The ordered queue of stock commands of one drop, with one batch in flight. Other commands wait; when the
 * batch has committed, the next one takes all queued commands. Without a timer, so a single command is sent
 * at once, and under load commands share a commit.
 */
export class Lane {
  private readonly queue = new LaneQueue();
  private readonly estimate = new WaitEstimate();
  private inFlight: readonly LaneEntry[] | null = null;
  private startScheduled = false;
  private watch: NodeJS.Timeout | null = null;
  private closed = false;
  private whenIdle: (() => void)[] = [];
  private lastUsedAt: number;

  constructor(
    readonly dropId: string,
    private readonly parts: LaneParts,
  ) {
    this.lastUsedAt = parts.clock.monotonicMs();
  }

  /**
   * Queues a command and returns its answer when its batch has committed; `busy` if it would not be executed
   * in time. Rejects with `ServiceUnavailable` at the deadline: the outcome is then unknown, and a retry of
   * the same command returns it.
   */
  submit<C extends LaneCommand>(command: C): Promise<AnswerTo<C> | Busy> {
    const { clock, settings } = this.parts;
    const now = clock.monotonicMs();
    this.lastUsedAt = now;
    if (this.closed) return Promise.reject(new ServiceUnavailable('shutting down'));
    const busy = this.refusalOf(command, now);
    if (busy) return Promise.resolve(busy);
    return new Promise((resolve, reject) => {
      const deadlineAt = now + settings.deadlineMs;
      this.queue.push(new LaneEntry(command, deadlineAt, resolve as (answer: unknown) => void, reject));
      this.watch ??= setInterval(() => this.dropOverdue(), WATCH_EVERY_MS);
      this.scheduleStart();
    });
  }

  /** Ends release or sell units that are already held, so they are never refused. */
  private refusalOf(command: LaneCommand, now: number): Busy | null {
    const { settings } = this.parts;
    const ofMerchant = isOfMerchant(command);
    if (command.kind !== 'place' && !ofMerchant) return null;
    const batches = this.queue.batchesWithOneMore(settings.batchMax, ofMerchant);
    const predictedMs = this.estimate.predictMs(now, batches);
    const isFull = ofMerchant
      ? this.queue.ofMerchants >= settings.ofMerchantsMax
      : this.queue.length >= settings.queueMax;
    if (!isFull && predictedMs <= settings.predictedWaitMsMax) return null;
    return { kind: 'busy', retryAfterSeconds: Math.max(1, Math.ceil(predictedMs / 1000)) };
  }

  get idleForMs(): number {
    return this.isIdle ? this.parts.clock.monotonicMs() - this.lastUsedAt : 0;
  }

  /** Drains: accepts nothing new and waits until all accepted commands are answered. */
  async close(): Promise<void> {
    this.closed = true;
    if (!this.isIdle) await new Promise<void>((resolve) => this.whenIdle.push(resolve));
  }

  private get isIdle(): boolean {
    return this.inFlight === null && this.queue.length === 0;
  }

  /** Starts after the current turn of the event loop, so that requests that arrive together share a batch. */
  private scheduleStart(): void {
    if (this.startScheduled || this.inFlight !== null) return;
    this.startScheduled = true;
    setImmediate(() => {
      this.startScheduled = false;
      this.startNext();
    });
  }

  private startNext(): void {
    if (this.inFlight !== null) return;
    const batch = this.queue.take(this.parts.settings.batchMax);
    if (batch.length === 0) {
      this.becomeIdle();
      return;
    }
    this.inFlight = batch;
    this.estimate.batchStarted(this.parts.clock.monotonicMs());
    void settleBatch({ dropId: this.dropId, ...this.parts }, batch).then((outcomes) =>
      this.settled(outcomes),
    );
  }

  private settled(outcomes: readonly EntryOutcome[]): void {
    const now = this.parts.clock.monotonicMs();
    // A merchant's command is a batch of its own: how long it takes says nothing about a batch of places.
    if (outcomes.every(({ entry }) => isOfMerchant(entry.command))) this.estimate.batchIgnored();
    else if (outcomes.every((outcome) => 'error' in outcome)) this.estimate.batchFailed(now);
    else this.estimate.batchSettled(now);
    this.inFlight = null;
    this.startNext();
    // Send the next batch before callers process their answers, so that the ledger does not wait for them.
    if (this.inFlight === null) reply(outcomes);
    else setImmediate(() => reply(outcomes));
  }

  private dropOverdue(): void {
    const now = this.parts.clock.monotonicMs();
    const overdue = this.queue.dropOverdue(now);
    const inDoubt = this.inFlight?.filter((entry) => !entry.settled && entry.deadlineAt <= now) ?? [];
    if (inDoubt.length > 0) this.parts.onDoubt(this.dropId);
    for (const entry of [...inDoubt, ...overdue])
      entry.fail(new ServiceUnavailable('the ledger did not answer in time'));
    if (this.isIdle) this.becomeIdle();
  }

  private becomeIdle(): void {
    if (this.watch) clearInterval(this.watch);
    this.watch = null;
    for (const resolve of this.whenIdle.splice(0)) resolve();
  }
}

function reply(outcomes: readonly EntryOutcome[]): void {
  for (const outcome of outcomes) {
    if ('error' in outcome) outcome.entry.fail(outcome.error);
    else outcome.entry.answer(outcome.answer);
  }
}
