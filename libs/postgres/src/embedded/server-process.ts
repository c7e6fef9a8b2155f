import { closeSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  Interrupted,
  keepLogSmall,
  openLog,
  type Restartable,
  sendSignal,
  spawnWithLifeline,
  StartError,
} from '@holdfast/process';
import type { LedgerFiles } from './ledger-files';
import { readPidFile } from './server-processes';

const READY_MS = 120_000; // crash recovery is bounded by max_wal_size, but may be slow on a slow disk
const STOP_FAST_MS = 2_000; // together with closing the connections it stays within the 10 s for a shutdown
const STOP_IMMEDIATE_MS = 500;
/** Fast, then immediate, then SIGKILL. */
export const EMBEDDED_STOP_MS_MAX = STOP_FAST_MS + 2 * STOP_IMMEDIATE_MS;

/** How PostgreSQL's programs are run. SIGINT is a fast shutdown; SIGTERM would wait for every client. */
export const SERVER_PROGRAM = {
  cwd: '/',
  env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC' },
  stopSignal: 'SIGINT',
  graceMs: 60_000,
} as const;

export interface LaunchOptions {
  postgres: string;
  files: LedgerFiles;
  port: number;
  settings: Record<string, string | number>;
  signal?: AbortSignal;
}

/**
 * Starts the server and waits until it accepts connections. It is stopped fast, or immediately (with recovery
 * at the next start) if that takes too long.
 */
export async function launchServer(options: LaunchOptions): Promise<Restartable> {
  const { files, port, postgres, signal } = options;
  const settings = {
    ...options.settings,
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
  };
  const logFile = join(files.home, 'server.log');
  const output = openLog(logFile);
  rmSync(`${logFile}.old`, { force: true }); // written by an older version
  const from = statSync(logFile).size;
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const { pid, exited, cut } = await spawnWithLifeline({
    ...SERVER_PROGRAM,
    ...{
      name: 'PostgreSQL',
      command: postgres,
      args: ['-D', files.cluster, ...args],
      user: files.user,
      output,
    },
  }).finally(() => closeSync(output));
  let isGone = false;
  const stopLooking = keepLogSmall(logFile);
  void exited.then(() => {
    isGone = true;
    stopLooking();
  });

  async function stop(): Promise<void> {
    cut();
    if (await within(STOP_FAST_MS, exited)) return;
    for (const name of ['SIGQUIT', 'SIGKILL'] as const) {
      if (!isGone) sendSignal(pid, name);
      if (await within(STOP_IMMEDIATE_MS, exited)) return;
    }
  }

  for (const end = Date.now() + READY_MS; ; await pause(10)) {
    const written = readPidFile(files.cluster);
    if (written?.pid === pid && written.ready)
      return { pid, exited, stop, kill: () => void sendSignal(pid, 'SIGKILL') };
    if (isGone) throw new StartError(`PostgreSQL did not start: ${tail(logFile, from)}`);
    if (!signal?.aborted && Date.now() <= end) continue;
    await stop();
    throw signal?.aborted ? new Interrupted() : new StartError('PostgreSQL is not ready in time');
  }
}

async function within(patienceMs: number, event: Promise<unknown>): Promise<boolean> {
  const timer = new AbortController();
  const late = pause(patienceMs, false, { signal: timer.signal }).catch(() => false);
  const happened = await Promise.race([event.then(() => true), late]);
  timer.abort();
  return happened;
}

function tail(file: string, from: number): string {
  return readFileSync(file).subarray(from).toString('utf8').trim().slice(-2000);
}
