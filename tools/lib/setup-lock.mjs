// Two products started at once in a fresh clone must not install or build at once: the second waits, then finds the work done.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
const file = join(root, '.tools', 'setup.lock');
const WRITTEN_AFTER_MS = 2_000; // an empty file that is older was left by a writer that died in between

/** Runs `work` while no other process of this clone runs one. A lock whose owner died is taken over. */
export async function oneAtATime(work, { say, signal }) {
  mkdirSync(dirname(file), { recursive: true });
  let told = false;
  while (!take()) {
    if (!told) say('Waiting for another start in this folder to finish its preparations …');
    told = true;
    await pause(200, undefined, { signal });
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function take() {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  if (!isOwnerAlive()) rmSync(file, { force: true });
  return false;
}

function isOwnerAlive() {
  const { pid, ageMs } = readOwner();
  if (!pid) return ageMs < WRITTEN_AFTER_MS; // being written, or released, in this moment
  if (pid === process.pid) return false; // left by a process that had our number
  try {
    // The number may by now belong to a stranger, for whom nobody should wait.
    const args = execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
    return /start\.mjs|prepare\.mjs|holdfast/.test(args);
  } catch {
    return false;
  }
}

function readOwner() {
  try {
    return { pid: Number(readFileSync(file, 'utf8')), ageMs: Date.now() - statSync(file).mtimeMs };
  } catch {
    return { pid: 0, ageMs: 0 };
  }
}
