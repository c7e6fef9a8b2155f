// Runs one server as a child that cannot outlive this process, however this process ends.
import { spawn } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { ClusterError } from './errors.mjs';
import { noteServer } from './stray.mjs';

// The shell holds the reading end of a pipe whose other end is ours: when we are gone, even by kill -9, the pipe ends and the shell
// stops the server. It tells the server's own pid on descriptor 3, because signals meant for the server must not end the shell.
const LIFELINE = `exec 4<&0
"$@" </dev/null 3>&- 4<&- &
p=$!
echo $p >&3
exec 3>&-
{
  cat <&4 >/dev/null
  kill -s "$STOP_SIGNAL" $p
  i=0
  while [ $i -lt "$GRACE_SECONDS" ] && kill -0 $p; do sleep 1; i=$((i + 1)); done
  kill -s KILL $p
} 2>/dev/null &
w=$!
exec 4<&-
wait $p
c=$?
kill $w 2>/dev/null
exit $c`;

// A Java server needs 3 s, and far longer where every core is taken; one that fails ends, and that is seen at once.
const READY_MS_MAX = 120_000;
const LOG_BYTES_MAX = 10 * 1024 * 1024;
const LOG_LOOK_MS = 2_000;
// Enough to find programs, homes and Java; nothing else of our environment (which may hold secrets) reaches a server.
const INHERITED = ['PATH', 'HOME', 'USER', 'LANG', 'TZ', 'TMPDIR', 'JAVA_HOME'];
/** All that run, so that an end in the middle of a start misses none. @type {Set<Child>} */
const living = new Set();
let refusing = false;
const SIGNAL_NAMES = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

/**
 * @typedef {object} Child
 * @property {string} name
 * @property {number} pid of the server itself
 * @property {Promise<{code: number|null, signal: string|null}>} exited
 * @property {() => Promise<{forced: boolean}>} stop ends it: the stop signal, then SIGKILL after the grace time
 * @property {() => void} kill SIGKILL, for a server that no longer answers
 * @property {() => string} lastLog the end of its log
 */

/**
 * @returns {Promise<Child>} once the process runs; whether it is ready is for `untilReady` to say.
 *   `logFile` gets its output; `ownLog` is the file that it writes by itself, if it does; `noteDir` is the folder in which it works and by
 *   which its successor knows it (stray.mjs).
 */
export async function startChild({
  name,
  command,
  args,
  logFile,
  ownLog = null,
  cwd,
  noteDir = dirname(logFile),
  env = {},
  stopSignal = 'SIGTERM',
  graceMs = 10_000,
  logLookMs = LOG_LOOK_MS,
}) {
  if (refusing) throw new ClusterError(`${name} is not started any more: the end is near`);
  mkdirSync(dirname(logFile), { recursive: true });
  keepLogSmall(logFile);
  const log = openSync(logFile, 'a', 0o600);
  const shell = spawn('sh', ['-c', LIFELINE, 'sh', command, ...args], {
    cwd,
    // A Ctrl-C in the terminal is ours to handle: it must not reach the servers at once and in no order.
    detached: true,
    stdio: ['pipe', log, log, 'pipe'],
    env: {
      ...inheritedEnv(),
      ...env,
      STOP_SIGNAL: stopSignal.replace(/^SIG/, ''),
      GRACE_SECONDS: String(Math.ceil(graceMs / 1000)),
    },
  });
  closeSync(log);
  shell.stdin.on('error', () => undefined); // the shell is gone: `exited` tells
  let pid = 0;
  const exited = new Promise((resolve) => {
    shell.once('error', () => resolve({ code: 127, signal: null }));
    shell.once('exit', (code, shellSignal) => {
      shell.stdin.destroy();
      if (shellSignal && pid) signalQuietly(pid, 'SIGKILL'); // somebody killed the shell: no orphan stays behind
      const signal = code !== null && code > 128 ? (SIGNAL_NAMES.get(code - 128) ?? null) : null;
      resolve(signal ? { code: null, signal } : { code, signal: shellSignal });
    });
  });
  pid = await readPid(shell, exited, name);
  noteServer(noteDir, pid);
  const lastLog = () => [logFile, ownLog].filter(Boolean).map(tail).filter(Boolean).join('\n');
  const stop = async () => {
    let forced = false;
    signalQuietly(pid, stopSignal);
    const timer = setTimeout(() => {
      forced = true;
      signalQuietly(pid, 'SIGKILL');
    }, graceMs);
    await exited;
    clearTimeout(timer);
    return { forced };
  };
  const whileRunning = (act) => {
    let running = true;
    void exited.then(() => (running = false));
    return () => (running ? act() : undefined);
  };
  const child = {
    name,
    pid,
    exited,
    stop: whileRunning(stop),
    kill: whileRunning(() => signalQuietly(pid, 'SIGKILL')),
    lastLog,
  };
  living.add(child);
  const look = setInterval(() => emptyLargeLog(logFile), logLookMs).unref();
  void exited.then(() => {
    clearInterval(look);
    living.delete(child);
  });
  return child;
}

/** From here on nothing is started any more, not even again: what is in the middle of its start comes to an end. */
export function refuseChildren() {
  refusing = true;
}

export function refusesChildren() {
  return refusing;
}

/** Stops whatever still runs, e.g. after a start that was interrupted; after `graceMs` the hard way. */
export async function stopAllChildren({ graceMs = 10_000 } = {}) {
  refuseChildren();
  const timer = setTimeout(() => {
    for (const child of living) child.kill();
  }, graceMs);
  await Promise.all([...living].map((child) => child.stop()));
  clearTimeout(timer);
}

/**
 * Asks `probe` again and again until it gives something truthy, and returns that. Throws when the server ends first or the deadline
 * passes; says that it still waits every few seconds.
 */
export async function untilReady(
  child,
  probe,
  { what, deadlineMs = READY_MS_MAX, everyMs = 50, say = () => undefined },
) {
  const began = Date.now();
  let ended = null;
  void child.exited.then((how) => (ended = how));
  let nextWord = began + 5_000;
  for (;;) {
    const answer = await probe().catch(() => null);
    if (answer) return answer;
    if (ended) {
      throw new ClusterError(
        `${what} ended while starting (${describeExit(ended)}). The end of its log:\n${child.lastLog()}`,
      );
    }
    const now = Date.now();
    if (now - began > deadlineMs) {
      await child.stop();
      throw new ClusterError(
        `${what} did not answer within ${deadlineMs / 1000} s and was stopped. The end of its log:\n${child.lastLog()}`,
      );
    }
    if (now > nextWord) {
      say(`… still waiting for ${what} (${Math.round((now - began) / 1000)} s)`);
      nextWord = now + 5_000;
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

export function describeExit({ code, signal }) {
  return signal ? `signal ${signal}` : `code ${code}`;
}

async function readPid(shell, exited, name) {
  const told = new Promise((resolve) => {
    let text = '';
    shell.stdio[3].on('data', (bytes) => {
      text += bytes;
      if (text.includes('\n')) resolve(Number(text));
    });
  });
  const pid = await Promise.race([told, exited.then(() => 0)]);
  if (!pid) throw new ClusterError(`${name} cannot be started: no shell (sh) on PATH?`);
  return pid;
}

function inheritedEnv() {
  return Object.fromEntries(
    INHERITED.filter((name) => process.env[name]).map((name) => [name, process.env[name]]),
  );
}

function signalQuietly(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended in this moment.
  }
}

/** One old log is kept, so that what led to a restart can still be read. */
function keepLogSmall(file) {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_BYTES_MAX) renameSync(file, `${file}.1`);
}

/** While the server writes to it: what is there is copied, and the file emptied. The server appends, so it goes on at the beginning. */
function emptyLargeLog(file) {
  try {
    if (statSync(file).size <= LOG_BYTES_MAX) return;
    copyFileSync(file, `${file}.1`);
    truncateSync(file);
  } catch {
    // The folder was removed, or the disk is full: the next look tries again.
  }
}

function tail(file) {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-25).join('\n');
  } catch {
    return '';
  }
}
