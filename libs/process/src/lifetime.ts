import type { Logger } from '@holdfast/observability';

// The product has to be gone 10 s after it was asked. The steps below have their own limits, which add up to less; this is for a defect.
const WATCHDOG_MS = 9_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The start was interrupted by the person or program that asked for the end. */
export class Interrupted extends Error {}

type Cleanup = { what: string; run: () => Promise<void> | void };

/**
 * From the first line to the last: hears the signals, keeps the list of what has to be ended, and ends it in reverse order exactly once.
 * A second signal changes nothing.
 */
export class Lifetime {
  private readonly asked = new AbortController();
  private readonly cleanups: Cleanup[] = [];
  private exitCode = 0;
  private log: Logger | null = null;

  constructor(outer?: AbortSignal) {
    for (const name of SIGNALS) process.on(name, () => this.ask());
    // A reader that went away (`npm start | head`) is no reason to stop selling.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
    process.on('uncaughtException', (error) => this.fail('uncaught exception', error));
    process.on('unhandledRejection', (error) => this.fail('unhandled rejection', error));
    if (outer?.aborted) this.ask();
    outer?.addEventListener('abort', () => this.ask());
  }

  /** Aborted as soon as the end is asked for. */
  get signal(): AbortSignal {
    return this.asked.signal;
  }

  useLogger(log: Logger): void {
    this.log = log;
  }

  /** Between two steps of the start: throws `Interrupted` when the end has been asked for. */
  checkpoint(): void {
    if (this.signal.aborted) throw new Interrupted();
  }

  /** Registers what `end` has to undo. */
  onEnd(what: string, run: Cleanup['run']): void {
    this.cleanups.push({ what, run });
  }

  /** Settles when somebody asks for the end. */
  untilAsked(): Promise<void> {
    if (this.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => this.signal.addEventListener('abort', () => resolve(), { once: true }));
  }

  /** Undoes everything and returns the exit code. A step that fails does not keep the others from running. */
  async end(): Promise<number> {
    for (let step = this.cleanups.pop(); step; step = this.cleanups.pop()) {
      try {
        await step.run();
      } catch (error) {
        this.exitCode = 1;
        this.log?.error({ err: error, step: step.what }, 'could not be ended cleanly');
      }
    }
    return this.exitCode;
  }

  private ask(): void {
    if (this.asked.signal.aborted) return;
    setTimeout(() => {
      this.log?.error({ waitedMs: WATCHDOG_MS }, 'the end took too long and is forced');
      process.exit(1); // closes the server's lifeline, too
    }, WATCHDOG_MS).unref();
    process.stderr.write('Stopping …\n');
    this.asked.abort();
  }

  /** What nobody expected leaves the process in a state that nobody knows: it ends, and the next start finds what is durable. */
  private fail(what: string, error: unknown): void {
    this.exitCode = 1;
    if (this.log) this.log.fatal({ err: error }, what);
    else process.stderr.write(`${what}: ${error instanceof Error ? error.stack : String(error)}\n`);
    this.ask();
  }
}
