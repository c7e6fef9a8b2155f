import { closeSync, openSync, readSync } from 'node:fs';
import type { Logger } from '@holdfast/observability';
import { sizeOf } from '@holdfast/process';

const LOOK_MS = 300;
const CHUNK_BYTES = 64 * 1024; // a flood is read in several runs, so that it never blocks the launcher
/** One fault makes many services log the same many times a second; the log file has every line. */
const AGAIN_MS = 10_000;
const KINDS_MAX = 200;
const WARN = 40; // pino's number
const ERROR = 50;

/**
 * Shows a service's warnings from now on; returns how to stop that. It reads the log file, not a pipe, so that a launcher that hangs or dies does
 * not block the service.
 */
export function showWarnings(file: string, log: Logger): () => void {
  const isNew = everySoOften();
  let offset = sizeOf(file);
  let rest = '';
  const look = () => {
    try {
      if (sizeOf(file) < offset) offset = 0; // it was too large and has been truncated
      const more = readFrom(file, offset);
      offset += more.length;
      const lines = (rest + more.toString('utf8')).split('\n');
      rest = lines.pop()!;
      show(lines);
    } catch {
      // A log that cannot be read is no reason to stop selling.
    }
  };
  const show = (lines: string[]) => {
    const plain: string[] = []; // Node's own report of a crash, on several lines
    for (const line of lines) {
      const entry = parse(line);
      if (entry === null) plain.push(line);
      else if (entry.level >= WARN && isNew(`${entry.level} ${String(entry['part'])} ${entry.msg}`)) {
        const { level, msg, time: _time, instance: _instance, ...fields } = entry;
        if (level >= ERROR) log.error(fields, msg);
        else log.warn(fields, msg);
      }
    }
    const text = plain.join('\n').trim();
    if (text !== '') log.error({}, text);
  };
  const timer = setInterval(look, LOOK_MS).unref();
  return () => {
    clearInterval(timer);
    look();
  };
}

/** True for a text that was not asked about lately. */
function everySoOften(): (kind: string) => boolean {
  const shownAt = new Map<string, number>();
  return (kind) => {
    const now = performance.now();
    if (now - (shownAt.get(kind) ?? -Infinity) < AGAIN_MS) return false;
    if (shownAt.size > KINDS_MAX) shownAt.clear();
    shownAt.set(kind, now);
    return true;
  };
}

function readFrom(file: string, offset: number): Buffer {
  const buffer = Buffer.alloc(CHUNK_BYTES);
  const descriptor = openSync(file, 'r');
  try {
    return buffer.subarray(0, readSync(descriptor, buffer, 0, CHUNK_BYTES, offset));
  } finally {
    closeSync(descriptor);
  }
}

function parse(line: string): ({ level: number; msg: string } & Record<string, unknown>) | null {
  try {
    const entry = JSON.parse(line) as { level?: unknown; msg?: unknown };
    return typeof entry?.level === 'number' ? ({ msg: '', ...entry, level: entry.level } as never) : null;
  } catch {
    return null;
  }
}
