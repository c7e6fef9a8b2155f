import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EmbeddedPostgresError, StartInterrupted } from './errors';
import type { LedgerFiles } from './ledger-files';
import { spawnWithLifeline } from './lifeline';
import { readPidFile, sendSignal } from './server-processes';

const READY_MS = 120_000; // replaying the log after a crash is bounded by max_wal_size; a slow disk may still take its time
const STOP_FAST_MS = 2_000; // with what the product takes to close its connections, all within the 10 s it is given
const STOP_IMMEDIATE_MS = 500;
const LOG_BYTES_MAX = 4 * 1024 * 1024;

export interface ServerProcess {
  /** Of PostgreSQL's main process. */
  pid: number;
  /** Settles when the server is gone, whoever ended it. */
  gone: Promise<void>;
  /** Ends it: fast, or immediate (recovered at the next start) when that takes too long. */
  stop(): Promise<void>;
}

export interface LaunchOptions {
  postgres: string;
  files: LedgerFiles;
  port: number;
  settings: Record<string, string | number>;
  signal?: AbortSignal;
}

/** Starts the server and waits until it takes connections. */
export async function launchServer(options: LaunchOptions): Promise<ServerProcess> {
  const { files, port, postgres, signal } = options;
  const settings = {
    ...options.settings,
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
  };
  const logFile = join(files.home, 'server.log');
  const log = openLog(logFile);
  const from = statSync(logFile).size;
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const shell = spawnWithLifeline(postgres, ['-D', files.cluster, ...args], { user: files.user, log });
  closeSync(log);
  shell.stdin?.on('error', () => undefined); // the shell may be gone before it is told to go
  let isGone = false;
  const gone = new Promise<void>((resolve) => {
    const end = () => {
      isGone = true;
      resolve();
    };
    shell.once('exit', end);
    shell.once('error', end);
  });
  const told = new Promise<number>((resolve) => shell.stdout?.once('data', (text) => resolve(Number(text))));
  const pid = await Promise.race([told, gone.then(() => 0)]);
  const server: ServerProcess = { pid, gone, stop };

  async function stop(): Promise<void> {
    shell.stdin?.end();
    if (await within(STOP_FAST_MS, gone)) return;
    for (const signalName of ['SIGQUIT', 'SIGKILL'] as const) {
      if (!isGone && pid > 0) sendSignal(pid, signalName);
      if (await within(STOP_IMMEDIATE_MS, gone)) return;
    }
  }

  const end = Date.now() + READY_MS;
  for (;;) {
    const written = readPidFile(files.cluster);
    if (written?.pid === pid && written.ready) return server;
    if (isGone) throw new EmbeddedPostgresError(`PostgreSQL did not start: ${tail(logFile, from)}`);
    if (signal?.aborted || Date.now() > end) {
      await stop();
      throw signal?.aborted
        ? new StartInterrupted()
        : new EmbeddedPostgresError('PostgreSQL is not ready in time');
    }
    await pause(10);
  }
}

async function within(patienceMs: number, event: Promise<void>): Promise<boolean> {
  const timer = new AbortController();
  const late = pause(patienceMs, false, { signal: timer.signal }).catch(() => false);
  const happened = await Promise.race([event.then(() => true), late]);
  timer.abort();
  return happened;
}

/** Appends; one older file is kept, so the log cannot fill the disk. */
function openLog(file: string): number {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_BYTES_MAX) renameSync(file, `${file}.old`);
  return openSync(file, 'a', 0o644);
}

function tail(file: string, from: number): string {
  return readFileSync(file).subarray(from).toString('utf8').trim().slice(-2000);
}
