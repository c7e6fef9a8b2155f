// `npm run cluster:down`: stops a cluster that was started elsewhere, e.g. in another terminal, and waits until all of it has ended.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { commandLine, identify, readRunState, type RunState } from '@holdfast/process';
import { say } from './settings';

// The launcher forces its own end after 9 s.
const PATIENCE_MS = 15_000;
const LAUNCHER = /tools\/start\.mjs|apps\/(cluster|standalone)\/src\/main\.js/;

/** Returns the exit code. */
export async function down(dataDir: string): Promise<number> {
  const lock = readLock(dataDir);
  if (!lock || !isLauncher(lock.pid)) {
    say(`Nothing runs on ${dataDir}.`);
    return 0;
  }
  const { pid } = lock;
  // Without run.json, or with the one of a dead product, it is still starting, and can be stopped, too.
  const run = readRun(dataDir);
  const mine = run?.pid === pid ? run : null;
  if ((mine?.mode ?? lock.mode ?? 'cluster') !== 'cluster') {
    say(
      `On ${dataDir} runs a standalone product (process ${pid}, ${mine?.address ?? 'still starting'}): stop it where it was started, with Ctrl-C.`,
    );
    return 1;
  }
  say(
    `Stopping the cluster on ${dataDir} (process ${pid}${mine ? `, ${mine.address}` : ', still starting'}) …`,
  );
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ESRCH') return 0;
    say(`The cluster cannot be stopped (${code}). Run this command as the user who started it.`);
    return 1;
  }
  const pids = (mine?.components ?? []).map((it) => it.pid).filter((it) => it !== null);
  return untilGone([pid, ...pids], dataDir);
}

async function untilGone(pids: readonly number[], dataDir: string): Promise<number> {
  const began = Date.now();
  for (;;) {
    const left = pids.filter((pid) => identify(pid) !== null);
    if (left.length === 0) break;
    if (Date.now() - began > PATIENCE_MS) {
      say(`These processes are still running: ${left.join(', ')}`);
      return 1;
    }
    await pause(50);
  }
  say(`The cluster has stopped (${((Date.now() - began) / 1000).toFixed(1)} s). Its data is in ${dataDir}.`);
  return 0;
}

function readLock(dataDir: string): { pid: number; mode?: string } | null {
  const file = join(dataDir, 'lock.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as { pid: number; mode?: string };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES')
      say(`${file} cannot be read: run this as the user who started the cluster.`);
    return null;
  }
}

function readRun(dataDir: string): RunState | null {
  try {
    return readRunState(dataDir);
  } catch {
    say(`${join(dataDir, 'run.json')} cannot be read: run this as the user who started the cluster.`);
    return null;
  }
}

/** The pid alone may by now belong to another program. */
function isLauncher(pid: number): boolean {
  return pid > 1 && identify(pid) !== null && LAUNCHER.test(commandLine(pid));
}
