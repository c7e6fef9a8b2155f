import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { followFile } from './follow-file';

describe('following a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-follow-'));
  const file = join(folder, 'notes');
  afterAll(() => rmSync(folder, { recursive: true }));

  it('hands over each line once and whole, while it is written and at the end', async () => {
    writeFileSync(file, '');
    const lines: string[] = [];
    let seen = () => undefined as void;
    const stop = followFile(file, (line) => {
      lines.push(line);
      seen();
    });
    const first = new Promise<void>((resolve) => (seen = resolve));
    const bytes = Buffer.from('one\n{"sku":"Ä');
    // Cut in the middle of a character.
    appendFileSync(file, bytes.subarray(0, bytes.length - 1));
    await first;
    expect(lines).toEqual(['one']);
    appendFileSync(file, bytes.subarray(bytes.length - 1));
    appendFileSync(file, `"}\n${'x'.repeat(600_000)}\nunfinished`);
    stop();
    expect(lines.slice(1, 2)).toEqual(['{"sku":"Ä"}']);
    expect(lines.map(({ length }) => length)).toEqual([3, 11, 600_000]);
  });
});
