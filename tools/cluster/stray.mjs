// A server whose launcher was killed needs a moment to end. Its successor in the same folder waits for that: two brokers on one log fail.
import { readFileSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const noteOf = (dir) => join(dir, 'server.pid');
// As long as the slowest of them may take to stop.
const PATIENCE_MS = 12_000;

/** Notes who runs in this folder. */
export function noteServer(dir, pid) {
  writeFileSync(noteOf(dir), `${pid}\n`);
}

/** Waits until the server of an earlier run in `dir` has ended; in the end it is killed. Returns at once when there is none. */
export async function endStray(dir, say = () => undefined) {
  const pid = readNote(dir);
  const end = Date.now() + PATIENCE_MS;
  let told = false;
  while (pid && runsIn(pid, dir)) {
    if (!told) say(`Waiting for an earlier server in ${dir} (pid ${pid}) to end …`);
    told = true;
    try {
      process.kill(pid, Date.now() > end ? 'SIGKILL' : 'SIGTERM');
    } catch {
      break; // it ended in this moment, or it is not ours to end: then the start says what is wrong
    }
    await new Promise((done) => setTimeout(done, 200));
  }
  rmSync(noteOf(dir), { force: true });
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
