import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Say } from './child';
import { sendSignal } from './lifeline';
import { processesIn, worksIn } from './process-table';

const noteOf = (folder: string) => join(folder, 'server.pid');
// The longest that a server may take to stop.
const PATIENCE_MS = 12_000;

/** Records the server that runs in this folder. */
export function noteServer(folder: string, pid: number): void {
  writeFileSync(noteOf(folder), `${pid}\n`);
}

/**
 * A server whose launcher was killed takes some time to stop, and its successor in the same folder waits for
 * that: two brokers on one log fail. At the deadline it is killed. Returns at once when there is none.
 * `program` names one whose helpers survive its death (nginx: its workers keep the port).
 */
export async function endStray(
  folder: string,
  say: Say = () => undefined,
  program: string | null = null,
): Promise<void> {
  const noted = readNote(folder);
  const strays = () =>
    [noted, ...(program ? processesIn(folder, program) : [])].filter(
      (pid) => pid > 0 && worksIn(pid, folder),
    );
  const end = Date.now() + PATIENCE_MS;
  for (let told = false, left = strays(); left.length > 0; left = strays()) {
    if (!told) say(`Waiting for an earlier server in ${folder} (pid ${left.join(', ')}) to end …`);
    told = true;
    // Another user's server stays: the start then reports what is wrong.
    if (!left.map((pid) => sendSignal(pid, Date.now() > end ? 'SIGKILL' : 'SIGTERM')).includes(true)) break;
    await pause(100);
  }
  rmSync(noteOf(folder), { force: true });
}

function readNote(folder: string): number {
  try {
    return Number(readFileSync(noteOf(folder), 'utf8')) || 0;
  } catch {
    return 0;
  }
}
