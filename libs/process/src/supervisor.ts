import { refusesChildren } from './child';
import { describeExit, type Exit } from './lifeline';

/** What the supervisor needs of a child. */
export interface Restartable {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  stop(): Promise<void>;
  kill(): void;
}

export type SupervisorEvent =
  | { kind: 'down'; pid: number; how: Exit; retryMs: number }
  | { kind: 'still-down'; reason: string; retryMs: number }
  | { kind: 'back'; pid: number; downMs: number }
  /** It is running again, but `onUp` failed. */
  | { kind: 'unwell'; reason: string };

export interface SupervisorOptions<C extends Restartable> {
  /** Resolves with the child once it is ready. The signal is aborted when it must stop. */
  start(signal: AbortSignal): Promise<C>;
  /**
   * Called after each start; the server counts as up when it resolves. The signal is aborted when the server
   * must stop.
   */
  onUp?(child: C, signal: AbortSignal): unknown;
  onEvent?: ((event: SupervisorEvent) => void) | undefined;
  /** Before the first restart, the second, …; the last one applies to all further tries. */
  pausesMs?: readonly number[];
  /** After running this long, the next failure begins with the first pause again. */
  steadyMs?: number;
  now?(): number;
  wait?(ms: number, signal: AbortSignal): Promise<void>;
}

const PAUSES_MS = [500, 1_000, 2_000, 5_000, 10_000, 30_000];
const STEADY_MS = 60_000;

/**
 * Keeps one server running. Rejects when the very first start fails: something is missing then, and a retry
 * would hide it.
 */
export async function supervise<C extends Restartable>(
  options: SupervisorOptions<C>,
): Promise<Supervised<C>> {
  const ending = new AbortController();
  const child = await options.start(ending.signal);
  try {
    await options.onUp?.(child, ending.signal);
  } catch (error) {
    await child.stop();
    throw error;
  }
  return new Supervised(child, options, ending);
}

/** A server that is restarted, with growing pauses, whenever it dies. */
export class Supervised<C extends Restartable> {
  /** Null while it is down. */
  child: C | null;
  /** The child, or while it is down the previous one: its successor has the same address. */
  last: C;
  state: 'starting' | 'up' | 'down' = 'up';
  restarts = 0;
  private readonly watching: Promise<void>;
  private readonly now: () => number;

  constructor(
    child: C,
    private readonly options: SupervisorOptions<C>,
    private readonly ending = new AbortController(),
  ) {
    this.child = this.last = child;
    this.now = options.now ?? Date.now;
    this.watching = this.watch();
  }

  /** For one that hangs: it is restarted after its death. */
  kill(): void {
    this.child?.kill();
  }

  /** Ends the restarts; what runs goes on until it exits or `stop` is called. */
  letGo(): void {
    this.ending.abort();
  }

  async stop(): Promise<void> {
    this.letGo();
    await this.child?.stop();
    await this.watching;
  }

  private async watch(): Promise<void> {
    const { steadyMs = STEADY_MS, onEvent } = this.options;
    for (let failures = 0; ;) {
      const began = this.now();
      const how = await this.last.exited;
      if (this.isEnding()) return;
      const since = this.now();
      if (since - began >= steadyMs) failures = 0;
      this.state = 'down';
      this.child = null;
      onEvent?.({ kind: 'down', pid: this.last.pid, how, retryMs: this.pauseMs(failures) });
      for (let up = false; !up; failures += 1) {
        up = await this.startAgain(failures);
        if (this.isEnding()) return;
      }
      this.restarts += 1;
      onEvent?.({ kind: 'back', pid: this.last.pid, downMs: this.now() - since });
      await this.bringUp();
    }
  }

  private async startAgain(failures: number): Promise<boolean> {
    const { signal } = this.ending;
    await (this.options.wait ?? pause)(this.pauseMs(failures), signal);
    if (signal.aborted) return false;
    try {
      const child = await this.options.start(signal);
      // A stop during the start did not see this child.
      if (signal.aborted) await child.stop();
      else this.child = this.last = child;
      return true;
    } catch (error) {
      const { message: reason } = error as Error;
      if (!signal.aborted)
        this.options.onEvent?.({ kind: 'still-down', reason, retryMs: this.pauseMs(failures + 1) });
      return false;
    }
  }

  private async bringUp(): Promise<void> {
    const { signal } = this.ending;
    this.state = 'starting';
    try {
      await Promise.race([this.options.onUp?.(this.last, signal), aborted(signal)]);
    } catch (error) {
      this.options.onEvent?.({ kind: 'unwell', reason: (error as Error).message });
    }
    this.state = 'up';
  }

  private pauseMs(failures: number): number {
    const { pausesMs = PAUSES_MS } = this.options;
    return pausesMs[Math.min(failures, pausesMs.length - 1)]!;
  }

  private isEnding(): boolean {
    return this.ending.signal.aborted || refusesChildren();
  }
}

/** Reports what happens to a server. */
export function inWords(name: string, say: (line: string) => void): (event: SupervisorEvent) => void {
  return (event) => {
    switch (event.kind) {
      case 'down':
        say(`${name} (pid ${event.pid}) ended with ${describeExit(event.how)}; ${again(event.retryMs)}`);
        break;
      case 'still-down':
        say(`${name} failed to restart: ${event.reason}; ${again(event.retryMs)}`);
        break;
      case 'back':
        say(`${name} is running again (pid ${event.pid})`);
        break;
      case 'unwell':
        say(`${name} is running again, but ${event.reason}`);
    }
  };
}

const again = (ms: number) => `starting it again in ${ms / 1000} s`;

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => signal.addEventListener('abort', () => done(), { once: true }));
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    const stop = () => (clearTimeout(timer), done());
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
}
