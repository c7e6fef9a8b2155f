// A server whose launcher was killed needs a moment to end. Its successor in the same folder waits for that: two brokers on one log fail.
import { readFileSync, readdirSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const noteOf = (dir) => join(dir, 'server.pid');
// As long as the slowest of them may take to stop.
const PATIENCE_MS = 12_000;

/** Notes who runs in this folder. */
export function noteServer(dir, pid) {
  writeFileSync(noteOf(dir), `${pid}\n`);
}

/**
 * Waits until the server of an earlier run in `dir` has ended; in the end it is killed. Returns at once when there is none. `program` names
 * one that leaves helpers behind when it is killed (nginx: its workers keep the port).
 */
export async function endStray(dir, say = () => undefined, { program = null } = {}) {
  const noted = readNote(dir);
  const strays = () =>
    [noted, ...(program ? helpersIn(dir, program) : [])].filter((pid) => pid && runsIn(pid, dir));
  const end = Date.now() + PATIENCE_MS;
  for (let told = false, left = strays(); left.length > 0; left = strays()) {
    if (!told) say(`Waiting for an earlier server in ${dir} (pid ${left.join(', ')}) to end …`);
    told = true;
    // One that is not ours to end stays: then the start says what is wrong.
    if (!left.map((pid) => signal(pid, Date.now() > end ? 'SIGKILL' : 'SIGTERM')).includes(true)) break;
    await new Promise((done) => setTimeout(done, 100));
  }
  rmSync(noteOf(dir), { force: true });
}

function signal(pid, name) {
  try {
    return process.kill(pid, name);
  } catch {
    return false; // it ended in this moment, or it belongs to somebody else
  }
}

/** Elsewhere than on Linux there is no cheap way to know where a process works. */
function helpersIn(dir, program) {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && nameOf(name) === program)
    .map(Number)
    .filter((pid) => runsIn(pid, dir));
}

function nameOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}

function readNote(dir) {
  try {
    return Number(readFileSync(noteOf(dir), 'utf8')) || null;
  } catch {
    return null;
  }
}

/** The number alone may by now belong to a stranger: only a process that works in this very folder is meant. */
function runsIn(pid, dir) {
  if (pid === process.pid) return false;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(dir);
  } catch {
    if (process.platform === 'linux') return false;
    return spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).stdout.includes(dir);
  }
}
