import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { basename } from 'node:path';

/**
 * The running processes of `program` whose working directory is `folder`. On systems other than Linux only
 * those are found whose command line names the folder: the main process of a server, not its children.
 */
export function processesIn(folder: string, program: string): number[] {
  if (!existsSync(folder)) return [];
  if (process.platform !== 'linux') return processesByPs(folder, program);
  const real = realpathSync(folder);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => linkOf(pid, 'cwd') === real && programOf(pid) === program);
}

/** Whether this process works in `folder`: its pid alone may by now belong to another program. */
export function worksIn(pid: number, folder: string): boolean {
  if (pid === process.pid) return false;
  if (process.platform === 'linux') return existsSync(folder) && linkOf(pid, 'cwd') === realpathSync(folder);
  return commandLine(pid).includes(folder);
}

/** With its arguments; empty when there is no such process. */
export function commandLine(pid: number): string {
  try {
    return ps('-o', 'args=', '-p', String(pid));
  } catch {
    return '';
  }
}

function processesByPs(folder: string, program: string): number[] {
  return ps('-axww', '-o', 'pid=,command=')
    .split('\n')
    .filter((line) => line.includes(`/${program} `) && line.includes(` ${folder} `))
    .filter((line) => !line.includes('/bin/sh '))
    .map((line) => Number.parseInt(line, 10));
}

function programOf(pid: number): string {
  return basename(linkOf(pid, 'exe').replace(/ \(deleted\)$/, ''));
}

function linkOf(pid: number, name: 'cwd' | 'exe'): string {
  try {
    return readlinkSync(`/proc/${pid}/${name}`);
  } catch {
    return ''; // it has exited, or is another user's
  }
}

function ps(...args: string[]): string {
  return execFileSync('ps', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}
