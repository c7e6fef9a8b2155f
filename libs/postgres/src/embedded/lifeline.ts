import { type ChildProcess, spawn } from 'node:child_process';
import type { ServerUser } from './server-user';

/**
 * Runs a program that must not outlive us, however we end. The shell's first descriptor is a pipe that we hold open: when it closes, be it by
 * exit, crash or `kill -9`, a watcher in the shell interrupts the program (SIGINT: fast shutdown for PostgreSQL; SIGTERM would wait
 * for every client). The watcher is a process of its own, so it does its duty even when the shell itself was killed before.
 * It repeats itself, because a program in the background of a shell ignores the signal until it has set up its own handling.
 * The shell tells the program's number on its standard output; the program writes to standard error.
 */
const LIFELINE = [
  'exec 3<&0',
  '"$@" </dev/null 3<&- >&2 & p=$!',
  'echo $p',
  '{ exec >/dev/null 2>&1; read -r _ <&3; while kill -INT $p; do sleep 0.2; done; } & w=$!',
  'wait $p; c=$?',
  'kill $w 2>/dev/null',
  'exit $c',
].join('\n');

export interface LifelineOptions {
  user: ServerUser;
  /** Descriptor of the file that takes what the program writes. */
  log: number;
}

/** Starts `program` in a session of its own, so that Ctrl-C reaches us first and it only when we are done with it. */
export function spawnWithLifeline(
  program: string,
  args: string[],
  { user, log }: LifelineOptions,
): ChildProcess {
  return spawn('/bin/sh', ['-c', LIFELINE, 'holdfast-lifeline', program, ...args], {
    ...user,
    cwd: '/',
    env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC' },
    detached: true,
    stdio: ['pipe', 'pipe', log],
  });
}
