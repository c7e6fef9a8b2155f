import { readdirSync, readFileSync } from 'node:fs';

/** One process as Linux lists it. */
export interface ProcessEntry {
  pid: number;
  parent: number;
  /** Its name, at most 15 characters. */
  name: string;
  /** Processor time since its start, in seconds. */
  cpuSeconds: number;
}

const TICKS_PER_SECOND = 100; // USER_HZ of Linux on every architecture that Node.js runs on

/** All processes; empty on a system without /proc. Costs a few milliseconds. */
export function readProcesses(): Map<number, ProcessEntry> {
  const found = new Map<number, ProcessEntry>();
  for (const name of listed()) {
    const entry = /^\d+$/.test(name) ? readEntry(Number(name)) : null;
    if (entry) found.set(entry.pid, entry);
  }
  return found;
}

function listed(): string[] {
  try {
    return readdirSync('/proc');
  } catch {
    return [];
  }
}

function readEntry(pid: number): ProcessEntry | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything: the fields are counted from behind it.
    const end = stat.lastIndexOf(')');
    const fields = stat.slice(end + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    return {
      pid,
      parent: Number(fields[1]),
      name: stat.slice(stat.indexOf('(') + 1, end),
      cpuSeconds: ticks / TICKS_PER_SECOND,
    };
  } catch {
    return null; // it has just ended
  }
}

export function isWithin(all: ReadonlyMap<number, ProcessEntry>, pid: number, ancestor: number): boolean {
  for (let at = all.get(pid), steps = 0; at && steps < 64; at = all.get(at.parent), steps += 1)
    if (at.pid === ancestor) return true;
  return false;
}

/** With `pid` itself. */
export function withChildren(all: ReadonlyMap<number, ProcessEntry>, pid: number): number[] {
  return [...all.values()].filter((it) => it.pid === pid || it.parent === pid).map((it) => it.pid);
}
