import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

export interface ProcessRow {
  pid: number;
  parent: number;
  group: number;
  /** Remains that nobody has waited for: dead for every purpose. */
  zombie: boolean;
  rssKb: number;
  command: string;
}

export function processTable(): ProcessRow[] {
  const table = execFileSync('ps', ['-axww', '-o', 'pid=,ppid=,pgid=,stat=,rss=,args='], {
    encoding: 'utf8',
  });
  return table.split('\n').flatMap((line) => {
    const cells = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\d+)\s+(.*)$/.exec(line);
    if (!cells) return [];
    const [, pid, parent, group, stat, rss, command = ''] = cells;
    return [
      {
        pid: Number(pid),
        parent: Number(parent),
        group: Number(group),
        zombie: stat?.startsWith('Z') ?? false,
        rssKb: Number(rss),
        command,
      },
    ];
  });
}

/** `root` and everything that descends from it, alive. */
export function processTree(root: number): ProcessRow[] {
  const table = processTable().filter(({ zombie }) => !zombie);
  const wanted = new Set([root]);
  for (let before = 0; before !== wanted.size;) {
    before = wanted.size;
    for (const { pid, parent } of table) if (wanted.has(parent)) wanted.add(pid);
  }
  return table.filter(({ pid }) => wanted.has(pid));
}

/** The living processes among `pids`. It is asked over and over, so it starts no process where /proc tells. */
export function stillAlive(pids: readonly number[]): number[] {
  if (existsSync('/proc/self/stat')) return pids.filter(isAlive);
  return processTable().flatMap(({ pid, zombie }) => (!zombie && pids.includes(pid) ? pid : []));
}

function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}
