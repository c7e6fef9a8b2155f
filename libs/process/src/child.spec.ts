import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@holdfast/testing';
import { startChild } from './child';

const MB = 1024 * 1024;

describe('the log of a server', () => {
  let dir: string;
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'holdfast-child-'))));
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('stays small while a storm goes on', async () => {
    const logFile = join(dir, 'log');
    const storm = `i=0; while [ $i -lt 40 ]; do i=$((i+1)); head -c ${MB} /dev/zero; sleep 0.02; done; echo over; sleep 30`;
    const child = await startChild({
      name: 'storm',
      command: 'sh',
      args: ['-c', storm],
      logFile,
      cwd: dir,
      logLookMs: 20,
    });
    let most = 0;
    let written = 0;
    let size = 0;
    await waitFor(
      'the whole storm',
      () => {
        const now = statSync(logFile).size;
        written += now < size ? now : now - size;
        size = now;
        most = Math.max(most, now);
        return written > 25 * MB;
      },
      { everyMs: 5 },
    );
    child.kill();
    await child.exited;
    expect(most).toBeLessThan(20 * MB);
    expect(statSync(`${logFile}.1`).size).toBeGreaterThan(10 * MB);
  });
});
