import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Identifies a process. The pid alone does not: it is reused after an exit or a reboot. */
export interface ProcessIdentity {
  pid: number;
  /** Its start time as the system reports it; only for comparison. */
  began: string;
}

/** Null when there is no such process, or only a zombie. */
export function identify(pid: number): ProcessIdentity | null {
  if (!Number.isSafeInteger(pid) || pid <= 0) return null;
  const began = process.platform === 'linux' ? beganByProc(pid) : beganByPs(pid);
  return began === null ? null : { pid, began };
}

export function isAlive({ pid, began }: ProcessIdentity): boolean {
  return identify(pid)?.began === began;
}

function beganByProc(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything, so count from behind it: state is the first field, start
    // time the twentieth.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}:${fields[19]}`;
  } catch {
    return null;
  }
}

function beganByPs(pid: number): string | null {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    return line === '' || line.startsWith('Z') ? null : line.replace(/^\S+\s+/, '');
  } catch {
    return null;
  }
}
