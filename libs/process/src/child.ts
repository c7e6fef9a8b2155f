import { closeSync } from 'node:fs';
import { dirname } from 'node:path';
import { describeExit, type Exit, sendSignal, spawnWithLifeline } from './lifeline';
import { inheritedEnv } from './program-env';
import { endOf, keepLogSmall, openLog } from './server-log';
import { Interrupted, StartError } from './start-error';
import { noteServer } from './strays';

// A Java server needs 3 s, and far longer when every core is busy; one that fails exits, which is noticed at
// once.
const READY_MS_MAX = 120_000;
const GRACE_MS = 10_000;
const PROGRESS_MS = 5_000;

/** Writes a line for the person who started the product. */
export type Say = (line: string) => void;

/** A running server or service, which ends when this process ends. */
export interface Child {
  readonly name: string;
  /** The server's own, not its shell's. */
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** Ends it: the stop signal, then SIGKILL after the grace time. */
  stop(): Promise<void>;
  /** SIGKILL, for a server that no longer answers. */
  kill(): void;
  /** The end of its log. */
  lastLog(): string;
}

export interface ChildOptions {
  name: string;
  command: string;
  args: readonly string[];
  /** Receives its output. */
  logFile: string;
  /** The log that the program itself writes, if any. */
  ownLog?: string;
  cwd: string;
  /**
   * Its working directory, by which its successor finds it (strays.ts). Default: the directory of its log.
   */
  noteDir?: string;
  env?: NodeJS.ProcessEnv;
  stopSignal?: NodeJS.Signals;
  graceMs?: number;
  logLookMs?: number;
}

/** All that run, so that a shutdown in the middle of a start misses none. */
const living = new Set<Child>();
let refusing = false;

/** Resolves once the process runs; `untilReady` waits until it answers. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { name, command, args, logFile, ownLog, cwd, noteDir = dirname(logFile), env } = options;
  const { stopSignal = 'SIGTERM', graceMs = GRACE_MS } = options;
  if (refusing) throw new StartError(`not starting ${name}: the product is shutting down`);
  const output = openLog(logFile);
  const { pid, exited: ended } = await spawnWithLifeline({
    ...{ name, command, args, cwd, output, stopSignal, graceMs },
    env: { ...inheritedEnv(), ...env },
  }).finally(() => closeSync(output));
  noteServer(noteDir, pid);
  const stopLooking = keepLogSmall(logFile, options.logLookMs);
  let running = true;
  const exited = ended.then(({ code, signal, shellKilled }) => {
    running = false;
    if (shellKilled) sendSignal(pid, 'SIGKILL'); // the shell was killed: leave no orphan
    stopLooking();
    living.delete(child);
    return { code, signal };
  });
  const child: Child = {
    name,
    pid,
    exited,
    stop: async () => {
      if (!running) return;
      sendSignal(pid, stopSignal);
      const timer = setTimeout(() => sendSignal(pid, 'SIGKILL'), graceMs);
      await exited;
      clearTimeout(timer);
    },
    kill: () => void (running && sendSignal(pid, 'SIGKILL')),
    lastLog: () => endOf(logFile, ...(ownLog ? [ownLog] : [])),
  };
  living.add(child);
  return child;
}

/** From now on nothing is started or restarted; a start in progress is stopped. */
export function refuseChildren(): void {
  refusing = true;
}

export function refusesChildren(): boolean {
  return refusing;
}

/** Stops whatever still runs, e.g. after an interrupted start; after `graceMs` with SIGKILL. */
export async function stopAllChildren({ graceMs = GRACE_MS } = {}): Promise<void> {
  refuseChildren();
  const timer = setTimeout(() => living.forEach((child) => child.kill()), graceMs);
  await Promise.all([...living].map((child) => child.stop()));
  clearTimeout(timer);
}

export interface ReadyOptions {
  /** For messages. */
  what: string;
  deadlineMs?: number;
  say?: Say;
  /** A shutdown, which stops the child and does not wait for it. */
  signal?: AbortSignal;
}

/**
 * Polls `probe` until it resolves with something truthy, and returns that. Throws `StartError` when the
 * server exits first or the deadline passes. Reports every few seconds that it is still waiting.
 */
export async function untilReady<T>(
  child: Child,
  probe: () => Promise<T>,
  { what, deadlineMs = READY_MS_MAX, say = () => undefined, signal }: ReadyOptions,
): Promise<T> {
  const began = Date.now();
  let ended = null as Exit | null;
  void child.exited.then((how) => (ended = how));
  for (let nextWord = began + PROGRESS_MS; ;) {
    const answer = await probe().catch(() => null);
    if (answer) return answer;
    if (signal?.aborted) {
      await child.stop();
      throw new Interrupted();
    }
    if (ended)
      throw new StartError(
        `${what} ended while starting (${describeExit(ended)}). The end of its log:\n${child.lastLog()}`,
      );
    const now = Date.now();
    if (now - began > deadlineMs) {
      await child.stop();
      throw new StartError(
        `${what} did not answer within ${deadlineMs / 1000} s and was stopped. The end of its log:\n${child.lastLog()}`,
      );
    }
    if (now > nextWord) {
      say(`… still waiting for ${what} (${Math.round((now - began) / 1000)} s)`);
      nextWord = now + PROGRESS_MS;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
