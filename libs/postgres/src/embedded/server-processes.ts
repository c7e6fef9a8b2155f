import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { identify, processesIn, sendSignal, StartError } from '@holdfast/process';

const FAST_MS = 6_000; // a fast shutdown writes one checkpoint; more means that the disk hangs
const IMMEDIATE_MS = 2_000;
const KILL_MS = 2_000;
const ORPHAN_MS = 500; // backends notice the end of their parent at once, except during a write

/** The content of postmaster.pid; null if there is no such file. */
export function readPidFile(cluster: string): { pid: number; ready: boolean } | null {
  try {
    const lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), ready: lines[7]?.trim() === 'ready' };
  } catch {
    return null;
  }
}

/**
 * Stops a server that an earlier process left running on these files, and waits for the backends of one whose
 * main process was killed. The caller must hold the folder's lock.
 */
export async function endLeftovers(cluster: string): Promise<void> {
  const servers = () => processesIn(cluster, 'postgres');
  const main = readPidFile(cluster)?.pid ?? 0;
  if (main > 0 && servers().includes(main)) {
    const steps: [NodeJS.Signals, number][] = [
      ['SIGINT', FAST_MS],
      ['SIGQUIT', IMMEDIATE_MS],
      ['SIGKILL', KILL_MS],
    ];
    for (const [signal, patienceMs] of steps) {
      sendSignal(main, signal);
      if (await until(patienceMs, () => identify(main) === null)) break;
    }
  }
  if (!(await until(ORPHAN_MS, () => servers().length === 0))) {
    for (const pid of servers()) sendSignal(pid, 'SIGKILL');
    if (!(await until(KILL_MS, () => servers().length === 0))) {
      throw new StartError(`PostgreSQL processes of an earlier run do not end: ${servers().join(', ')}`);
    }
  }
  // The pid in the file may now belong to another program, which would make the server refuse to start.
  rmSync(join(cluster, 'postmaster.pid'), { force: true });
}

async function until(patienceMs: number, done: () => boolean): Promise<boolean> {
  const end = Date.now() + patienceMs;
  while (!done()) {
    if (Date.now() >= end) return false;
    await pause(10);
  }
  return true;
}
