// Two products started at once in a fresh clone must not install or build at once: the second waits, then finds the work done.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const WRITTEN_AFTER_MS = 2_000; // an empty file that is older was left by a writer that died in between

/**
 * Runs `work` while no other process of this clone has the lock `file`. A lock whose owner died is taken over.
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @param {{ waiting: string, say: (line: string) => void, signal: AbortSignal }} options `waiting` is said when it has to wait
 */
export async function oneAtATime(file, work, { waiting, say, signal }) {
  mkdirSync(dirname(file), { recursive: true });
  for (let told = false; !take(file); told = true) {
    if (!told) say(waiting);
    await pause(200, undefined, { signal });
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  if (!isOwnerAlive(file)) rmSync(file, { force: true });
  return false;
}

function isOwnerAlive(file) {
  const { pid, ageMs } = readOwner(file);
  if (!pid) return ageMs < WRITTEN_AFTER_MS; // being written, or released, in this moment
  if (pid === process.pid) return false; // left by a process that had our number
  try {
    // The number may by now belong to a stranger, for whom nobody should wait.
    const args = execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
    return /tools\/\S+\.mjs|holdfast/.test(args);
  } catch {
    return false;
  }
}

function readOwner(file) {
  try {
    return { pid: Number(readFileSync(file, 'utf8')), ageMs: Date.now() - statSync(file).mtimeMs };
  } catch {
    return { pid: 0, ageMs: 0 };
  }
}
