import type { Logger } from '@holdfast/observability';
import { Interrupted } from './start-error';

/** The product must end within 10 s of the request. The steps' own limits add up to less; this covers defects. */
export const WATCHDOG_MS = 9_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

type Cleanup = { what: string; run: () => Promise<void> | void };

/**
 * Handles the signals, keeps the list of shutdown steps, and runs them in reverse order exactly once. A
 * second signal changes nothing.
 */
export class Lifetime {
  private readonly asked = new AbortController();
  private readonly cleanups: Cleanup[] = [];
  private exitCode = 0;
  private log: Logger | null = null;

  constructor(outer?: AbortSignal) {
    for (const name of SIGNALS) process.on(name, () => this.ask());
    // A closed pipe (`npm start | head`) is no reason to stop selling.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
    process.on('uncaughtException', (error) => this.fail('uncaught exception', error));
    process.on('unhandledRejection', (error) => this.fail('unhandled rejection', error));
    if (outer?.aborted) this.ask();
    outer?.addEventListener('abort', () => this.ask());
  }

  /** Aborted as soon as a shutdown is requested. */
  get signal(): AbortSignal {
    return this.asked.signal;
  }

  useLogger(log: Logger): void {
    this.log = log;
  }

  /** Between two steps of the start: throws `Interrupted` when a shutdown was requested. */
  checkpoint(): void {
    if (this.signal.aborted) throw new Interrupted();
  }

  /** Registers what `end` has to undo. */
  onEnd(what: string, run: Cleanup['run']): void {
    this.cleanups.push({ what, run });
  }

  /** Settles when a shutdown is requested. */
  untilAsked(): Promise<void> {
    if (this.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => this.signal.addEventListener('abort', () => resolve(), { once: true }));
  }

  /** Runs all steps, even if some fail, and returns the exit code. */
  async end(): Promise<number> {
    for (let step = this.cleanups.pop(); step; step = this.cleanups.pop()) {
      try {
        await step.run();
      } catch (error) {
        this.exitCode = 1;
        this.log?.error({ err: error, step: step.what }, 'shutdown step failed');
      }
    }
    return this.exitCode;
  }

  private ask(): void {
    if (this.asked.signal.aborted) return;
    setTimeout(() => {
      this.log?.error({ waitedMs: WATCHDOG_MS }, 'shutdown exceeded its deadline, exiting');
      process.exit(1); // closes the server's lifeline, too
    }, WATCHDOG_MS).unref();
    process.stderr.write('Stopping …\n');
    this.asked.abort();
  }

  /**
   * After an unexpected error the process state is undefined: exit; the next start recovers from durable
   * data.
   */
  private fail(what: string, error: unknown): void {
    this.exitCode = 1;
    if (this.log) this.log.fatal({ err: error }, what);
    else process.stderr.write(`${what}: ${error instanceof Error ? error.stack : String(error)}\n`);
    this.ask();
  }
}
