import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { EMBEDDED_SUPERUSER, withLogin } from '@holdfast/postgres';
import { freePort } from '@holdfast/process';
import { waitFor } from '@holdfast/testing';
import { type CliAnswer, runInProcess } from './cli';
import { copyPrepared, newDataDir } from './prepared-data';
import { testEnv } from './clean-env';
import { processTree, sendSignal, stillAlive } from './processes';
import { ensureBuild, REPOSITORY } from './repository';
import { isSharedFolder, sharedCluster, startShared } from './shared-cluster';

export { cleanEnv } from './clean-env';
export { newDataDir } from './prepared-data';

export type Mode = 'standalone' | 'cluster';

/** In which mode this run of the suite looks at the product. */
export const MODE: Mode = process.env['HOLDFAST_E2E_MODE'] === 'cluster' ? 'cluster' : 'standalone';

export interface StartOptions {
  /** Default: that of the run. */
  mode?: Mode;
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
  /** SIGTERM, then waits for the exit. Only where the test means it: what is left running is ended after the file, or used by the next one. */
  stop(): Promise<Exit>;
  /** `kill -9` of the product's own process; PostgreSQL is left to its lifeline. */
  kill9(): Promise<Exit>;
  /** `kill -9` of every process at once. */
  killAll9(): Promise<Exit>;
  /** What `npx holdfast <args> --json` does, without the start of a process, which takes most of a command's time. */
  cli(...args: string[]): Promise<CliAnswer>;
  /** The figures of all its processes. */
  metrics(): Promise<string>;
}

const START_MS: Record<Mode, number> = { standalone: 60_000, cluster: 180_000 };
const STOP_MS = 15_000;
const running = new Set<{ product: Child; dataDir: string; temporary: boolean }>();

/**
 * Starts the product as its own process and waits until it is ready. Rejects with its output when it ends before. In cluster mode, where a
 * start takes long, a test that asks for nothing special gets the one cluster that all test files share; it ends after the last of them.
 */
export async function startProduct(options: StartOptions = {}): Promise<Product> {
  ensureBuild();
  const { mode = MODE } = options;
  if (mode === 'cluster' && options.dataDir !== undefined && isSharedFolder(options.dataDir))
    return shared(options);
  if (mode === 'cluster' && !isSpecial(options)) return shared();
  const dataDir = options.dataDir ?? newDataDir();
  const temporary = options.dataDir === undefined;
  if (temporary && !options.fresh && !options.env?.['DATABASE_URL'])
    await copyPrepared(dataDir, makePrepared);
  const started = Date.now();
  const { child, url } = await launchOnFreePort({ ...options, mode, dataDir }, temporary);
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
    stopReading: child.stopReading,
    ...handsOn(child.pid, dataDir, options.env ?? {}, end),
  };
}

/** Between the choice of a port and its use another program can take it: then with another one. */
async function launchOnFreePort(
  options: StartOptions & { mode: Mode; dataDir: string },
  temporary: boolean,
): Promise<{ child: Child; url: string }> {
  const { mode, dataDir } = options;
  for (let tries = 3; ; tries -= 1) {
    const port = options.port ?? (mode === 'cluster' ? 0 : await freePort()); // a cluster looks for one itself
    const child = launch({ ...options, port });
    const entry = { product: child, dataDir, temporary };
    running.add(entry);
    try {
      return { child, url: await child.untilReady(options.deadlineMs ?? START_MS[mode]) };
    } catch (error) {
      const isTaken = options.port === undefined && /is in use by another program/.test(String(error));
      if (!isTaken || tries === 1) throw error;
      running.delete(entry);
    }
  }
}

/** What can be done to a running product, whoever started it. */
function handsOn(
  root: number,
  dataDir: string,
  env: Record<string, string>,
  end: (signal: NodeJS.Signals, pids: number[]) => Promise<Exit>,
): Pick<Product, 'pids' | 'stop' | 'kill9' | 'killAll9' | 'cli' | 'metrics'> {
  const pids = () => processTree(root).map(({ pid }) => pid);
  return {
    pids,
    stop: () => end('SIGTERM', [root]),
    kill9: () => end('SIGKILL', [root]),
    killAll9: () => end('SIGKILL', pids().reverse()),
    cli: (...args) => runInProcess([...args, '--json'], { HOLDFAST_DATA_DIR: dataDir, ...env }),
    metrics: () => allMetrics(dataDir),
  };
}

/** Something that the shared cluster is not. */
function isSpecial({ dataDir, fresh, by, port, env = {} }: StartOptions): boolean {
  return Boolean(dataDir ?? fresh ?? by ?? port) || Object.keys(env).some((name) => name !== 'HOLDFAST_DEMO');
}

/** The cluster that all files share, started when it is not running; `restart` when a test has ended it and wants it back. */
async function shared(restart?: StartOptions): Promise<Product> {
  const started = Date.now();
  const it = restart ? await startShared(restart, copyForShared) : await sharedCluster(copyForShared);
  const gone = () => stillAlive([it.pid]).length === 0;
  const untilGone = async (): Promise<Exit> => {
    await waitFor('the exit of the shared cluster', gone, { deadlineMs: STOP_MS });
    return { code: null, signal: null }; // it may be the child of another test file, which alone could tell
  };
  return {
    ...it,
    startMs: Date.now() - started,
    exited: new Promise(() => undefined),
    output: () => readFileSync(it.logFile, 'utf8'),
    stopReading: () => undefined,
    ...handsOn(it.pid, it.dataDir, {}, async (signal, pids) => {
      for (const pid of pids) sendSignal(pid, signal);
      return untilGone();
    }),
  };
}

const copyForShared = (dataDir: string) => copyPrepared(dataDir, makePrepared);

/** The figures of every process of the product, one after the other. */
async function allMetrics(dataDir: string): Promise<string> {
  const run = JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as {
    mode: Mode;
    address: string;
    components: { healthUrl?: string; kind: string }[];
  };
  const services = run.components.filter(({ kind }) =>
    ['gateway', 'inventory', 'checkout', 'accounts', 'rehearsals'].includes(kind),
  );
  const urls =
    run.mode === 'cluster'
      ? services.map(({ healthUrl }) => new URL('/metrics', healthUrl).href)
      : [`${run.address}/metrics`];
  const texts = await Promise.all(urls.map(async (url) => (await fetch(url)).text()));
  return texts.join('\n');
}

/** Of the embedded ledger, with all rights: the product itself has no such login. */
export function superuserUrl(dataDir: string): string {
  const read = <T>(name: string) => JSON.parse(readFileSync(join(dataDir, name), 'utf8')) as T;
  const { databasePassword } = read<{ databasePassword: string }>('secrets.json');
  return withLogin(
    read<{ databaseUrl: string }>('run.json').databaseUrl,
    EMBEDDED_SUPERUSER,
    databasePassword,
  );
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
  const exit = await child.untilExit(options.deadlineMs ?? START_MS[options.mode ?? MODE]);
  await child.closed;
  return { ...exit, output: child.output() };
}

async function makePrepared(dataDir: string): Promise<void> {
  const product = await startProduct({ mode: 'standalone', dataDir, env: { HOLDFAST_DEMO: 'off' } });
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

function launch({
  mode = MODE,
  env = {},
  dataDir,
  port = 0,
  by = 'node',
}: StartOptions & { dataDir: string }): Child {
  const [command, args] =
    by === 'npm'
      ? ['npm', mode === 'cluster' ? ['run', 'cluster'] : ['start']]
      : [process.execPath, [join(REPOSITORY, `dist/apps/${mode}/src/main.js`)]];
  const child: ChildProcess = spawn(command, args, {
    cwd: REPOSITORY,
    env: { ...testEnv({ mode, dataDir, port }), ...env },
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
    if (temporary && !process.env['HOLDFAST_KEEP_DATA'])
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    running.delete(entry);
  }
}

if (typeof afterAll === 'function') afterAll(stopAllProducts, 60_000);
