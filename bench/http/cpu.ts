import { readdirSync, readFileSync } from 'node:fs';

const TICK_MICROS = 10_000; // USER_HZ is 100 on every Linux that Node runs on

interface Stat {
  pid: number;
  parent: number;
  micros: number;
}

/** User and system time of a process so far, in microseconds; NaN where there is no /proc. */
export function cpuOfProcess(pid: number): number {
  return read(pid)?.micros ?? Number.NaN;
}

/** The same of a process and all its children, those that have ended included (Linux adds them to their parent). */
export function cpuOfFamily(root: number): number {
  const all = pids().flatMap((pid) => read(pid, pid === root) ?? []);
  const family = all.filter(({ pid, parent }) => pid === root || parent === root);
  return family.length === 0 ? Number.NaN : family.reduce((sum, { micros }) => sum + micros, 0);
}

function pids(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

function read(pid: number, withEndedChildren = false): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // Fields of proc(5), counted from the one behind the command's closing parenthesis (field 3).
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [, parent = 0] = fields;
    const ticks = fields[11]! + fields[12]! + (withEndedChildren ? fields[13]! + fields[14]! : 0);
    return { pid, parent, micros: ticks * TICK_MICROS };
  } catch {
    return null; // gone meanwhile
  }
}
