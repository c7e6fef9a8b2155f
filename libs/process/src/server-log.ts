import { copyFileSync, mkdirSync, openSync, readFileSync, renameSync, statSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';

const LOG_BYTES_MAX = 10 * 1024 * 1024;
const LOOK_MS = 2_000;
const LINES_SHOWN = 25;

/** Opens a log for appending. One older log is kept, so that the reason for a restart can still be read. */
export function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  if (sizeOf(file) > LOG_BYTES_MAX) renameSync(file, `${file}.1`);
  return openSync(file, 'a', 0o600);
}

/** Keeps a log small while a server appends to it: copies it and truncates it. Returns how to stop that. */
export function keepLogSmall(file: string, lookMs = LOOK_MS): () => void {
  const look = setInterval(() => {
    try {
      if (sizeOf(file) <= LOG_BYTES_MAX) return;
      copyFileSync(file, `${file}.1`);
      truncateSync(file);
    } catch {
      // The folder was removed, or the disk is full: the next run tries again.
    }
  }, lookMs).unref();
  return () => clearInterval(look);
}

/** The last lines of some logs. */
export function endOf(...files: string[]): string {
  return files.map(tail).filter(Boolean).join('\n');
}

function tail(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-LINES_SHOWN).join('\n');
  } catch {
    return '';
  }
}

/** Zero when there is no such file. */
export function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
