import { appendFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '@holdfast/observability';
import { LogTail } from './log-tail';

const line = (level: number, msg: string, more: object = {}) =>
  `${JSON.stringify({ level, msg, ...more })}\n`;

describe('what is shown of the log of a service', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-tail-'));
  const file = join(folder, 'inventory-1.log');
  let shown: [string, object, string][];
  let tail: LogTail;
  const note = (level: string) => (fields: object, msg: string) => void shown.push([level, fields, msg]);
  const log = { warn: note('warn'), error: note('error') } as unknown as Logger;

  beforeEach(() => {
    jest.useFakeTimers();
    writeFileSync(file, line(50, 'of an earlier run'));
    shown = [];
    tail = new LogTail(file, log);
  });
  afterEach(() => {
    tail.stop();
    jest.useRealTimers();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are warnings and errors since its start, and what is no log line', () => {
    appendFileSync(file, line(30, 'hello') + line(40, 'careful', { part: 'gate' }) + line(50, 'broken'));
    appendFileSync(file, 'Error: boom\n    at somewhere\n');
    jest.advanceTimersByTime(400);
    expect(shown).toEqual([
      ['warn', { part: 'gate' }, 'careful'],
      ['error', {}, 'broken'],
      ['error', {}, 'Error: boom\n    at somewhere'],
    ]);
  });

  it('is a line once it is whole', () => {
    const text = line(40, 'in two parts');
    appendFileSync(file, text.slice(0, 10));
    jest.advanceTimersByTime(400);
    expect(shown).toEqual([]);
    appendFileSync(file, text.slice(10));
    jest.advanceTimersByTime(400);
    expect(shown).toEqual([['warn', {}, 'in two parts']]);
  });

  it('is not the same again and again', () => {
    for (let i = 0; i < 5; i += 1)
      appendFileSync(file, line(40, 'PostgreSQL is away', { reason: String(i) }));
    jest.advanceTimersByTime(400);
    jest.advanceTimersByTime(11_000);
    appendFileSync(file, line(40, 'PostgreSQL is away', { reason: 'still' }));
    jest.advanceTimersByTime(400);
    expect(shown).toEqual([
      ['warn', { reason: '0' }, 'PostgreSQL is away'],
      ['warn', { reason: 'still', leftOut: 4 }, 'PostgreSQL is away'],
    ]);
  });

  it('leaves a log that grew large as one old file', () => {
    appendFileSync(file, `${'x'.repeat(1024 * 1024 - 1)}\n`.repeat(21));
    jest.advanceTimersByTime(200_000);
    expect(statSync(file).size).toBe(0);
    expect(statSync(`${file}.1`).size).toBeGreaterThan(20 * 1024 * 1024);
    appendFileSync(file, line(40, 'after'));
    jest.advanceTimersByTime(400);
    expect(shown.at(-1)).toEqual(['warn', {}, 'after']);
  });
});
