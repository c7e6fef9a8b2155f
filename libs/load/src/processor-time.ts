import { readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100; // USER_HZ: the same on every Linux that Node.js runs on

/** Processor seconds that a process has used, its ended children not counted; null: it is gone, or this is not Linux. */
export function processorSeconds(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold spaces: fields count from behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return null;
  }
}
