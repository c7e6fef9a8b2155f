import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { findK6 } from './find-k6';

const OURS = 'k6 v2.2.0\nExtensions:\n  holdfast.local/k6/sse , k6/x/sse [js]';
const PLAIN = 'k6 v2.2.0';

describe('which k6 is used', () => {
  let folder: string;
  let said: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-find-k6-'));
    said = [];
    builder(`console.error('Building'); console.log('/built/k6');`);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const builder = (script: string) => {
    mkdirSync(join(folder, 'tools/k6'), { recursive: true });
    writeFileSync(join(folder, 'tools/k6/build.mjs'), script);
  };
  const installed = (name: string, script: string) => {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'k6'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name, 'k6'), 0o755);
    return join(folder, name);
  };
  const find = (...folders: string[]) =>
    findK6({
      say: (line) => said.push(line),
      signal: new AbortController().signal,
      path: folders.join(delimiter),
      repository: folder,
    });

  it('the one on PATH if it reads live streams, and nothing is built', async () => {
    const bin = installed('bin', `echo '${OURS}'`);
    expect(await find(join(folder, 'empty'), bin)).toBe(join(bin, 'k6'));
    expect(said).toEqual([`k6: ${join(bin, 'k6')} (on PATH)`]);
  });

  it.each([
    ['has no reader', `echo '${PLAIN}'`],
    ['does not run', 'exit 1'],
  ])('our own if the one on PATH %s', async (_what, script) => {
    expect(await find(installed('bin', script))).toBe('/built/k6');
    expect(said[0]).toContain('cannot read live streams');
    expect(said.at(-1)).toBe('k6: /built/k6 (tools/k6/build.mjs)');
  });

  it('our own if there is none, saying what the build says', async () => {
    expect(await find(folder)).toBe('/built/k6');
    expect(said).toEqual(['Building', 'k6: /built/k6 (tools/k6/build.mjs)']);
  });

  it('none without Go: the error is that of the build', async () => {
    builder(`console.error('there is no Go on PATH'); process.exitCode = 1;`);
    await expect(find(folder)).rejects.toThrow(
      'k6 is not there and could not be built: there is no Go on PATH',
    );
  });
});
