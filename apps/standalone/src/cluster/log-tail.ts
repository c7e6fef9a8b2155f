import { closeSync, copyFileSync, openSync, readSync, statSync, truncateSync } from 'node:fs';
import type { Logger } from '@holdfast/observability';

const LOOK_MS = 300;
const CHUNK_BYTES = 64 * 1024; // a flood is read over several looks, so that it never keeps the launcher from its work
const FILE_BYTES_MAX = 20 * 1024 * 1024;
/** One fault makes many services say the same many times a second; the log file has every line. */
const AGAIN_MS = 10_000;
const KINDS_MAX = 200;
const WARN = 40; // pino's number
const ERROR = 50;

/**
 * Shows what a service warns of, and keeps its log from growing without end: the file is copied to `….1` and emptied (services append). By looking at
 * the file instead of through a pipe: a launcher that hangs or dies must not hold the service up.
 */
export class LogTail {
  private offset: number;
  private rest = '';
  private readonly told = new Map<string, { at: number; more: number }>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly file: string,
    private readonly log: Logger,
  ) {
    this.offset = this.size();
    this.timer = setInterval(() => this.look(), LOOK_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
    this.look();
  }

  private look(): void {
    try {
      const size = this.size();
      if (size < this.offset) this.offset = 0; // it was emptied by a start
      if (size > this.offset) this.read(Math.min(size - this.offset, CHUNK_BYTES));
      else if (size > FILE_BYTES_MAX) this.empty();
    } catch {
      // A log that cannot be read is no reason to stop selling.
    }
  }

  private read(bytes: number): void {
    const buffer = Buffer.alloc(bytes);
    const descriptor = openSync(this.file, 'r');
    try {
      this.offset += readSync(descriptor, buffer, 0, bytes, this.offset);
    } finally {
      closeSync(descriptor);
    }
    const lines = (this.rest + buffer.toString('utf8')).split('\n');
    this.rest = lines.pop()!;
    this.show(lines);
  }

  private show(lines: string[]): void {
    const plain: string[] = []; // what Node itself says of a crash, over several lines
    for (const line of lines) {
      const entry = parse(line);
      if (entry === null) {
        plain.push(line);
        continue;
      }
      const { level, msg, time: _time, instance: _instance, ...fields } = entry;
      if (level >= WARN) this.tell(level, fields, msg);
    }
    const text = plain.join('\n').trim();
    if (text !== '') this.log.error({}, text);
  }

  private tell(level: number, fields: Record<string, unknown>, msg: string): void {
    const kind = `${level} ${String(fields['part'])} ${msg}`;
    const last = this.told.get(kind);
    if (last && performance.now() - last.at < AGAIN_MS) return void (last.more += 1);
    if (this.told.size > KINDS_MAX) this.told.clear();
    this.told.set(kind, { at: performance.now(), more: 0 });
    const shown = last?.more ? { ...fields, leftOut: last.more } : fields;
    if (level >= ERROR) this.log.error(shown, msg);
    else this.log.warn(shown, msg);
  }

  private empty(): void {
    copyFileSync(this.file, `${this.file}.1`);
    truncateSync(this.file, 0);
    this.offset = 0;
  }

  private size(): number {
    return statSync(this.file, { throwIfNoEntry: false })?.size ?? 0;
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
