import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { constants } from 'node:os';
import { StartError } from './start-error';

/**
 * Runs a program that ends when its parent ends, however that happens. Descriptor 4 of the shell is a pipe
 * that the parent holds open: when it closes (exit, crash or `kill -9`), a watcher in the shell stops the
 * program. The watcher is a separate process, so it works even when the shell was killed first. It repeats
 * the signal, because a background program of a shell ignores some signals until it installs its own
 * handlers. The shell writes the program's pid to descriptor 3 after the watcher runs: when nobody reads the
 * pid, SIGPIPE ends the shell.
 */
export const LIFELINE = `stop=$1 ticks=$2
shift 2
exec 4<&0
"$@" </dev/null 3>&- 4<&- &
p=$!
{
  exec 3>&- >/dev/null 2>&1
  cat <&4
  i=0
  while kill -s $stop $p; do
    [ $i -lt $ticks ] || { kill -s KILL $p; break; }
    i=$((i + 1))
    sleep 0.2
  done
} &
w=$!
echo $p >&3
exec 3>&- 4<&-
wait $p
c=$?
kill $w 2>/dev/null
exit $c`;
const TICK_MS = 200;

const SIGNAL_NAMES = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

export interface Exit {
  code: number | null;
  signal: string | null;
}

export interface LifelineOptions {
  /** For messages. */
  name: string;
  command: string;
  args: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Descriptor of the file that receives the program's output. */
  output: number;
  /** The user to run as; empty: the current one. */
  user?: { uid?: number; gid?: number };
  /** Sent when the parent has ended. */
  stopSignal: NodeJS.Signals;
  /** SIGKILL follows after this time. */
  graceMs: number;
}

export interface Spawned {
  /** The program's own, not its shell's. */
  pid: number;
  exited: Promise<Exit & { shellKilled: boolean }>;
  /** Stops the program as the parent's death would. */
  cut(): void;
}

/**
 * Resolves once the process runs. It has its own session, so that Ctrl-C reaches only the parent, which stops
 * it in order.
 */
export async function spawnWithLifeline(options: LifelineOptions): Promise<Spawned> {
  const { name, command, args, cwd, env, output, user, stopSignal, graceMs } = options;
  const stop = stopSignal.replace(/^SIG/, '');
  const ticks = String(Math.ceil(graceMs / TICK_MS));
  const shell = spawn('/bin/sh', ['-c', LIFELINE, 'holdfast-lifeline', stop, ticks, command, ...args], {
    ...user,
    cwd,
    env,
    detached: true,
    stdio: ['pipe', output, output, 'pipe'],
  });
  const [lifeline, , , pidPipe] = shell.stdio as unknown as [Writable, null, null, Readable];
  lifeline.on('error', () => undefined); // the shell has exited: `exited` reports it
  const exited = new Promise<Exit & { shellKilled: boolean }>((resolve) => {
    shell.once('error', () => resolve({ code: 127, signal: null, shellKilled: false }));
    shell.once('exit', (code, shellSignal) => {
      lifeline.destroy();
      const signal = code !== null && code > 128 ? (SIGNAL_NAMES.get(code - 128) ?? null) : shellSignal;
      resolve({ code: signal === null ? code : null, signal, shellKilled: shellSignal !== null });
    });
  });
  const pid = await Promise.race([readPid(pidPipe), exited.then(() => 0)]);
  if (!pid) throw new StartError(`${name} cannot be started: no shell (/bin/sh)?`);
  return { pid, exited, cut: () => lifeline.end() };
}

function readPid(pipe: Readable): Promise<number> {
  return new Promise((resolve) => {
    let text = '';
    pipe.on('data', (bytes) => {
      text += String(bytes);
      if (text.includes('\n')) resolve(Number(text));
    });
  });
}

export function describeExit({ code, signal }: Exit): string {
  return signal ? `signal ${signal}` : `code ${code}`;
}

export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false; // it has just exited, or belongs to another user
  }
}
