import { readFileSync } from 'node:fs';

// Connections to PostgreSQL, Redis and other services, the log, and files that are open briefly.
const RESERVED_MIN = 256;
const RESERVED_SHARE = 0.1;
/** Each costs about 10 KB here and more in the kernel: where open files are not limited, memory is. */
const CONNECTIONS_MAX = 50_000;

/** How many client connections a process may have open, so that descriptors are left for everything else. */
export function connectionsFor(descriptors: number): number {
  if (descriptors >= 2 * CONNECTIONS_MAX) return CONNECTIONS_MAX;
  const reserved = Math.max(RESERVED_MIN, descriptors * RESERVED_SHARE);
  return Math.floor(Math.min(CONNECTIONS_MAX, Math.max(descriptors - reserved, descriptors / 2)));
}

/** This process's limit of open files. Node raises the soft limit to the hard limit when it starts. */
export function descriptorLimit(): number {
  const soft = /^Max open files\s+(\d+|unlimited)/m.exec(limits())?.[1] ?? userLimit();
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
}

function limits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return ''; // not Linux
  }
}

/** Slower, but works on every system. */
function userLimit(): string {
  const { userLimits } = process.report.getReport() as unknown as {
    userLimits?: { open_files?: { soft: number | string } };
  };
  return String(userLimits?.open_files?.soft ?? 1_024);
}
