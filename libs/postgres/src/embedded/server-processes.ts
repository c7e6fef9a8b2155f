import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EmbeddedPostgresError } from './errors';
import { identify } from './process-identity';

const FAST_MS = 6_000; // a fast shutdown writes one checkpoint; more means a disk that stands still
const IMMEDIATE_MS = 2_000;
const KILL_MS = 2_000;
const ORPHAN_MS = 500; // backends see the death of their parent at once, unless they are in the middle of a write

/** What the server itself wrote about its main process; null when there is no such file. */
export function readPidFile(cluster: string): { pid: number; ready: boolean } | null {
  try {
    const lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), ready: lines[7]?.trim() === 'ready' };
  } catch {
    return null;
  }
}

/**
 * Ends a server that an earlier product left behind on these files, and waits for the remains of one whose main process was killed.
 * Only for who owns the folder: nobody else may be running a server there.
 */
export async function endLeftovers(cluster: string): Promise<void> {
  const main = readPidFile(cluster)?.pid ?? 0;
  if (main > 0 && serversOn(cluster).includes(main)) {
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
  if (!(await until(ORPHAN_MS, () => serversOn(cluster).length === 0))) {
    for (const pid of serversOn(cluster)) sendSignal(pid, 'SIGKILL');
    if (!(await until(KILL_MS, () => serversOn(cluster).length === 0))) {
      throw new EmbeddedPostgresError(
        `PostgreSQL processes of an earlier run do not end: ${serversOn(cluster).join(', ')}`,
      );
    }
  }
  // The number in the file may by now belong to a stranger, which would make the server refuse to start.
  rmSync(join(cluster, 'postmaster.pid'), { force: true });
}

/** The living server processes on these files, the main one and its children. */
export function serversOn(cluster: string): number[] {
  if (!existsSync(cluster)) return [];
  return process.platform === 'linux' ? serversByProc(realpathSync(cluster)) : serversByPs(cluster);
}

/** Every server process works inside its data folder, whatever title it shows. */
function serversByProc(cluster: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return (
          readlinkSync(`/proc/${name}/cwd`) === cluster &&
          /\/postgres( \(deleted\))?$/.test(readlinkSync(`/proc/${name}/exe`))
        );
      } catch {
        return false; // gone, or another user's
      }
    })
    .map(Number);
}

/** Without /proc only the main process can be told from other servers on the machine: its command line names the folder. */
function serversByPs(cluster: string): number[] {
  const table = execFileSync('ps', ['-axww', '-o', 'pid=,command='], { encoding: 'utf8' });
  return table
    .split('\n')
    .filter((line) => line.includes('/bin/postgres ') && line.includes(` ${cluster} `))
    .filter((line) => !line.includes('/bin/sh '))
    .map((line) => Number.parseInt(line, 10));
}

export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone meanwhile.
  }
}

async function until(patienceMs: number, done: () => boolean): Promise<boolean> {
  const end = Date.now() + patienceMs;
  while (!done()) {
    if (Date.now() >= end) return false;
    await pause(10);
  }
  return true;
}
