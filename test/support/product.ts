import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '@holdfast/testing';
import { type CommandAnswer, runCommand } from './command';
import { copyPrepared, newDataDir } from './prepared-data';
import { processTree, sendSignal, stillAlive } from './processes';
import { ensureBuild, REPOSITORY } from './repository';

export { newDataDir } from './prepared-data';

export interface StartOptions {
  /** Over the defaults of the tests: a free port, limits off, little log. */
  env?: Record<string, string>;
  /** Default: a folder of its own with a prepared ledger (first merchant, no drop), removed at the end. A named folder is used as it is and kept. */
  dataDir?: string;
  /** Begin with an empty folder instead of a prepared one. */
  fresh?: boolean;
  port?: number;
  /** `npm` starts it as a user does. Default: the built product directly. */
  by?: 'node' | 'npm';
  deadlineMs?: number;
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface Product {
  /** E.g. `http://127.0.0.1:41234`. */
  readonly url: string;
  /** Of the process that was started: the product itself, or npm. */
  readonly pid: number;
  readonly dataDir: string;
  /** Milliseconds from the start to the ready line. */
  readonly startMs: number;
  readonly exited: Promise<Exit>;
  /** What it wrote to standard output and standard error so far. */
  output(): string;
  /** All its living processes, found by descent, the ones of PostgreSQL included. */
  pids(): number[];
  /** Stops reading what it writes, as a script does that waited for the ready line and looked away. */
  stopReading(): void;
  /** SIGTERM, then waits for the exit. */
  stop(): Promise<Exit>;
  /** `kill -9` of the product's own process; PostgreSQL is left to its lifeline. */
  kill9(): Promise<Exit>;
  /** `kill -9` of every process at once. */
  killAll9(): Promise<Exit>;
  /** Runs `npx holdfast <args> --json` against it. */
  cli(...args: string[]): Promise<CommandAnswer>;
}

const START_MS = 60_000;
const STOP_MS = 15_000;
const running = new Set<{ product: Child; dataDir: string; temporary: boolean }>();

/** Starts the product as its own process and waits until it is ready. Rejects with its output when it ends before. */
export async function startProduct(options: StartOptions = {}): Promise<Product> {
  ensureBuild();
  const dataDir = options.dataDir ?? newDataDir();
  const temporary = options.dataDir === undefined;
  if (temporary && !options.fresh && !options.env?.['DATABASE_URL'])
    await copyPrepared(dataDir, makePrepared);
  const started = Date.now();
  const child = launch({ ...options, dataDir });
  const entry = { product: child, dataDir, temporary };
  running.add(entry);
  const url = await child.untilReady(options.deadlineMs ?? START_MS);
  const startMs = Date.now() - started;
  const end = async (signal: NodeJS.Signals, pids: number[]): Promise<Exit> => {
    for (const pid of pids) sendSignal(pid, signal);
    return await child.untilExit(STOP_MS);
  };
  return {
    url,
    pid: child.pid,
    dataDir,
    startMs,
    exited: child.exited,
    output: child.output,
    pids: () => processTree(child.pid).map(({ pid }) => pid),
    stopReading: child.stopReading,
    stop: () => end('SIGTERM', [child.pid]),
    kill9: () => end('SIGKILL', [child.pid]),
    killAll9: () =>
      end(
        'SIGKILL',
        processTree(child.pid)
          .map(({ pid }) => pid)
          .reverse(),
      ),
    cli: (...args) => runCommand(args, { HOLDFAST_DATA_DIR: dataDir, ...options.env }),
  };
}

/** Starts the product without waiting for it: to disturb the start. */
export function beginStart(options: StartOptions = {}): Pick<
  Product,
  'pid' | 'dataDir' | 'pids' | 'output'
> & {
  untilExit(deadlineMs: number): Promise<Exit>;
} {
  ensureBuild();
  const dataDir = options.dataDir ?? newDataDir();
  const child = launch({ ...options, dataDir });
  running.add({ product: child, dataDir, temporary: options.dataDir === undefined });
  const pids = () => processTree(child.pid).map(({ pid }) => pid);
  return { pid: child.pid, dataDir, output: child.output, pids, untilExit: child.untilExit };
}

/** Starts the product where it should refuse to start; returns how it ended and what it said. */
export async function startRefused(options: StartOptions = {}): Promise<Exit & { output: string }> {
  ensureBuild();
  const dataDir = options.dataDir ?? newDataDir();
  const child = launch({ ...options, dataDir });
  running.add({ product: child, dataDir, temporary: options.dataDir === undefined });
  const exit = await child.untilExit(options.deadlineMs ?? START_MS);
  await child.closed;
  return { ...exit, output: child.output() };
}

async function makePrepared(dataDir: string): Promise<void> {
  const product = await startProduct({ dataDir, env: { HOLDFAST_DEMO: 'off' } });
  await product.stop();
}

interface Child {
  pid: number;
  exited: Promise<Exit>;
  /** All that it wrote has arrived. */
  closed: Promise<void>;
  output(): string;
  stopReading(): void;
  untilReady(deadlineMs: number): Promise<string>;
  untilExit(deadlineMs: number): Promise<Exit>;
}

function launch({ env = {}, dataDir, port = 0, by = 'node' }: StartOptions & { dataDir: string }): Child {
  const [command, args] =
    by === 'npm'
      ? ['npm', ['start']]
      : [process.execPath, [join(REPOSITORY, 'dist/apps/standalone/src/main.js')]];
  const child: ChildProcess = spawn(command, args, {
    cwd: REPOSITORY,
    env: {
      ...cleanEnv(),
      PORT: String(port),
      HOLDFAST_DATA_DIR: dataDir,
      HOLDFAST_LIMITS: 'off',
      LOG_LEVEL: 'warn',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a group of its own, so that a test can send it what a terminal would
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (more: string) => (text += more));
  let exit: Exit | null = null;
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve((exit = { code, signal })));
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return {
    pid: child.pid ?? 0,
    exited,
    output: () => text,
    stopReading: () => {
      child.stdout?.pause();
      child.stderr?.pause();
    },
    closed,
    untilReady: async (deadlineMs) => {
      const address = () => /^Holdfast is ready at (http:\/\/\S+)$/m.exec(text)?.[1];
      const result = await waitFor('the ready line', () => exit ?? address(), { deadlineMs, everyMs: 10 });
      if (typeof result === 'string') return result;
      throw new Error(`the product ended (${JSON.stringify(result)}):\n${text}`);
    },
    untilExit: (deadlineMs) => waitFor('the exit of the product', () => exit, { deadlineMs }),
  };
}

/** The developer's own settings must not leak into the product under test. */
export function cleanEnv(): NodeJS.ProcessEnv {
  const foreign =
    /^(HOLDFAST_|npm_|PG|(DATABASE_URL|PORT|HOST|LOG_LEVEL|NODE_ENV|NODE_OPTIONS|JEST_WORKER_ID)(_FILE)?$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

/** Ends every product that a test left running, by number, and removes the folders made for them (not with HOLDFAST_KEEP_DATA=1). */
export async function stopAllProducts(): Promise<void> {
  for (const entry of running) {
    const { product, dataDir, temporary } = entry;
    const pids = processTree(product.pid).map(({ pid }) => pid);
    sendSignal(product.pid, 'SIGTERM');
    await waitFor('the end of a left product', () => stillAlive(pids).length === 0, {
      deadlineMs: STOP_MS,
    }).catch(() => {
      for (const pid of pids) sendSignal(pid, 'SIGKILL');
    });
    if (temporary && !process.env['HOLDFAST_KEEP_DATA']) rmSync(dataDir, { recursive: true, force: true });
    running.delete(entry);
  }
}

if (typeof afterAll === 'function') afterAll(stopAllProducts, 60_000);
