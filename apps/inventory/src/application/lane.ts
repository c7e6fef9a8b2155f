import { ServiceUnavailable, type Busy } from '@holdfast/contracts';
import type { Clock } from '@holdfast/kernel';
import type { AnswerTo, LaneCommand } from '../domain/lane-command';
import { LaneEntry } from './lane-entry';
import { LaneQueue } from './lane-queue';
import type { LaneSettings } from './lane-settings';
import type { LaneNews, Ledger } from './ports/ledger.port';
import { settleBatch, type Verdict } from './settle-batch';
import { WaitEstimate } from './wait-estimate';

export interface LaneParts {
  ledger: Ledger;
  clock: Clock;
  random: () => number;
  settings: LaneSettings;
  onNews: (news: LaneNews) => void;
  onDoubt: (dropId: string) => void;
}

const WATCH_EVERY_MS = 50; // how late a deadline may be noticed

/**
 * The ordered queue of stock commands of one drop, with one batch in flight. While it is there the rest queue; when it has committed, the
 * next batch takes all that waits. There is no timer, so a lone command is sent at once, and under load the commits share their flush.
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
   * Queues a command and answers when its batch has committed. `busy` when it would not be reached in time.
   * Rejects with `ServiceUnavailable` at the deadline: then nothing is known, and the same command tells.
   */
  submit<C extends LaneCommand>(command: C): Promise<AnswerTo<C> | Busy> {
    const { clock, settings } = this.parts;
    const now = clock.monotonicMs();
    this.lastUsedAt = now;
    if (this.closed) return Promise.reject(new ServiceUnavailable('shutting down'));
    const predictedMs = this.estimate.predictMs(now, this.queue.batchesWithOneMore(settings.batchMax));
    // Ends free or sell what is promised already, so only places are turned away.
    if (
      command.kind === 'place' &&
      (predictedMs > settings.predictedWaitMsMax || this.queue.length >= settings.queueMax)
    ) {
      return Promise.resolve({ kind: 'busy', retryAfterSeconds: Math.max(1, Math.ceil(predictedMs / 1000)) });
    }
    return new Promise((resolve, reject) => {
      const deadlineAt = now + settings.deadlineMs;
      this.queue.push(new LaneEntry(command, deadlineAt, resolve as (answer: unknown) => void, reject));
      this.watch ??= setInterval(() => this.dropOverdue(), WATCH_EVERY_MS);
      this.scheduleStart();
    });
  }

  get idleForMs(): number {
    return this.isIdle ? this.parts.clock.monotonicMs() - this.lastUsedAt : 0;
  }

  /** Takes nothing new and waits until all that was taken is answered. */
  async close(): Promise<void> {
    this.closed = true;
    if (!this.isIdle) await new Promise<void>((resolve) => this.whenIdle.push(resolve));
  }

  private get isIdle(): boolean {
    return this.inFlight === null && this.queue.length === 0;
  }

  /** Starts after the current turn of the event loop: requests that arrived together go together, and a lone one loses nothing. */
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
      this.rest();
      return;
    }
    this.inFlight = batch;
    this.estimate.batchStarted(this.parts.clock.monotonicMs());
    void settleBatch({ dropId: this.dropId, ...this.parts }, batch).then((verdicts) =>
      this.settled(verdicts),
    );
  }

  private settled(verdicts: readonly Verdict[]): void {
    const now = this.parts.clock.monotonicMs();
    if (verdicts.every((verdict) => 'error' in verdict)) this.estimate.batchFailed(now);
    else this.estimate.batchSettled(now);
    this.inFlight = null;
    this.startNext();
    // The next batch goes to the ledger first: what the callers do with their answers would keep the ledger waiting.
    if (this.inFlight === null) reply(verdicts);
    else setImmediate(() => reply(verdicts));
  }

  private dropOverdue(): void {
    const now = this.parts.clock.monotonicMs();
    const overdue = this.queue.dropOverdue(now);
    const inDoubt = this.inFlight?.filter((entry) => !entry.settled && entry.deadlineAt <= now) ?? [];
    if (inDoubt.length > 0) this.parts.onDoubt(this.dropId);
    for (const entry of [...inDoubt, ...overdue])
      entry.fail(new ServiceUnavailable('the ledger did not answer in time'));
    if (this.isIdle) this.rest();
  }

  private rest(): void {
    if (this.watch) clearInterval(this.watch);
    this.watch = null;
    for (const resolve of this.whenIdle.splice(0)) resolve();
  }
}

function reply(verdicts: readonly Verdict[]): void {
  for (const verdict of verdicts) {
    if ('error' in verdict) verdict.entry.fail(verdict.error);
    else verdict.entry.answer(verdict.answer);
  }
}
