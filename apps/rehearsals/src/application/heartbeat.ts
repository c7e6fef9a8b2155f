import { NO_FIGURES, type RehearsalFigures, type RehearsalRuns } from '@holdfast/contracts';
import { TIMINGS } from './timings';

export type StopReason = 'asked' | 'late' | 'shutdown' | 'lost';

/** Says once a second that a rehearsal goes on, and learns that it shall stop. */
export class Heartbeat {
  figures: RehearsalFigures = NO_FIGURES;
  reason: StopReason | null = null;
  private progress = 0;
  private detail = 'Starting';
  private readonly stopping = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private inFlight: Promise<void> | null = null;
  private answeredAt = performance.now();

  constructor(
    private readonly runs: RehearsalRuns,
    private readonly who: { rehearsalId: string; runner: string },
    private readonly isOverdue: () => boolean,
    shutdown: AbortSignal,
  ) {
    this.timer = setInterval(() => this.beat(), TIMINGS.beatMs);
    const end = () => this.stop('shutdown');
    shutdown.addEventListener('abort', end, { once: true, signal: this.stopping.signal });
    if (shutdown.aborted) end();
  }

  /** Aborted: the rehearsal has to end now. */
  get signal(): AbortSignal {
    return this.stopping.signal;
  }

  /** Progress never goes back. */
  say(progress: number, detail: string): void {
    this.progress = Math.min(0.99, Math.max(this.progress, progress));
    this.detail = detail;
  }

  /** No further beat; the one under way has ended. */
  async end(): Promise<void> {
    clearInterval(this.timer);
    await this.inFlight;
  }

  private beat(): void {
    // One at a time: while the ledger is paused they would only queue up.
    this.inFlight ??= this.send().finally(() => (this.inFlight = null));
    if (performance.now() - this.answeredAt > TIMINGS.lostMs) this.stop('lost');
  }

  private async send(): Promise<void> {
    const { progress, detail, figures } = this;
    try {
      const { stop } = await this.runs.beatRehearsal({ ...this.who, progress, detail, figures });
      this.answeredAt = performance.now();
      // The ledger says so as well once its time is over.
      if (stop) this.stop(this.isOverdue() ? 'late' : 'asked');
    } catch {
      // The next one comes in a second; `lostMs` says when it was too many.
    }
  }

  private stop(reason: StopReason): void {
    this.reason ??= reason;
    this.stopping.abort();
  }
}
