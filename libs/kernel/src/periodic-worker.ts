import { withDeadline } from './deadline';

export interface PeriodicWorkerOptions {
  /** Pause between the end of a run and the start of the next one. */
  everyMs: number;
  /**
   * One run. Resolves with `true` if there is more to do: the next one then follows at once. `stop` aborts
   * the signal.
   */
  run: (signal: AbortSignal) => Promise<unknown>;
  /** Called after a failed run; the next one follows after the usual pause. */
  onError: (error: unknown) => void;
}

/** Repeats a task until it is stopped. Runs never overlap. */
export class PeriodicWorker {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | null = null;
  private isWoken = false;
  private stopping = new AbortController();
  private isStarted = false;

  constructor(private readonly options: PeriodicWorkerOptions) {}

  /** Starts the first run at once. */
  start(): void {
    if (this.isStarted) return;
    this.isStarted = true;
    this.stopping = new AbortController();
    this.wake();
  }

  /** Starts a run now instead of at the end of the pause; during a run, another one follows it at once. */
  wake(): void {
    if (!this.isStarted) return;
    this.isWoken = true;
    clearTimeout(this.timer);
    this.running ??= this.runAll();
  }

  /** Starts no further run. Resolves when the current one has ended, or after `deadlineMs`. */
  async stop(deadlineMs?: number): Promise<void> {
    this.isStarted = false;
    this.stopping.abort();
    clearTimeout(this.timer);
    const running = this.running ?? Promise.resolve();
    if (deadlineMs === undefined) await running;
    else await withDeadline('the run under way', deadlineMs, running).catch(() => undefined);
  }

  private async runAll(): Promise<void> {
    while (this.isWoken && this.isStarted) {
      this.isWoken = false;
      if (await this.runOnce()) this.isWoken = true;
    }
    this.running = null;
    if (this.isStarted) this.timer = setTimeout(() => this.wake(), this.options.everyMs);
  }

  private async runOnce(): Promise<boolean> {
    try {
      return (await this.options.run(this.stopping.signal)) === true;
    } catch (error) {
      this.options.onError(error);
      return false;
    }
  }
}
