import { withDeadline } from '@holdfast/kernel';
import type { Logger } from '@holdfast/observability';

const STOP_WAIT_MS = 1_000; // a call to a silent provider takes four times that, and the whole product has ten seconds to end

/**
 * Repeats a round of work: at once while there is more to do, else after a pause. Never two rounds beside each other. A failed round is
 * logged and the next one comes: the database may be back by then.
 */
export class RoundWorker {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private again = false;
  private stopped = true;

  constructor(
    private readonly name: string,
    private readonly round: (shouldStop: () => boolean) => Promise<number>,
    private readonly everyMs: number,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.stopped = false;
    this.wake();
  }

  /** Looks now. While a round runs, another one follows it. */
  wake(): void {
    if (this.stopped) return;
    if (this.running) {
      this.again = true;
      return;
    }
    clearTimeout(this.timer);
    this.running = this.once().finally(() => {
      this.running = undefined;
      if (this.stopped) return;
      if (this.again) this.wake();
      else this.timer = setTimeout(() => this.wake(), this.everyMs);
    });
  }

  /** No new round; returns when the one that runs has ended, or after a moment: what it leaves open is found again after the next start. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    if (!this.running) return;
    await withDeadline(`round of ${this.name}`, STOP_WAIT_MS, this.running).catch(() => undefined);
  }

  private async once(): Promise<void> {
    this.again = false;
    try {
      const done = await this.round(() => this.stopped);
      if (done > 0) this.again = true;
    } catch (error) {
      this.logger.warn({ err: error, part: this.name }, 'round failed; the next one follows');
    }
  }
}
