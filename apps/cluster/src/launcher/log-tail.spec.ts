import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '@holdfast/observability';
import { showWarnings } from './log-tail';

const line = (level: number, msg: string, more: object = {}) =>
  `${JSON.stringify({ level, msg, ...more })}\n`;

describe('what is shown of the log of a service', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-tail-'));
  const file = join(folder, 'inventory-1.log');
  let shown: [string, object, string][];
  let stop: () => void;
  const note = (level: string) => (fields: object, msg: string) => void shown.push([level, fields, msg]);
  const log = { warn: note('warn'), error: note('error') } as unknown as Logger;

  beforeEach(() => {
    jest.useFakeTimers();
    writeFileSync(file, line(50, 'of an earlier run'));
    shown = [];
    stop = showWarnings(file, log);
  });
  afterEach(() => {
    stop();
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
      ['warn', { reason: 'still' }, 'PostgreSQL is away'],
    ]);
  });

  it('goes on at the beginning once a log that grew large was emptied', () => {
    appendFileSync(file, line(40, 'before'));
    jest.advanceTimersByTime(400);
    truncateSync(file);
    jest.advanceTimersByTime(400);
    appendFileSync(file, line(40, 'after'));
    jest.advanceTimersByTime(400);
    expect(shown.map(([, , msg]) => msg)).toEqual(['before', 'after']);
  });
});
