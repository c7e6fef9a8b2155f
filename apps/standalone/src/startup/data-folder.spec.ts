import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeDataFolder } from './data-folder';

describe('the data folder', () => {
  it.each(['standalone', 'cluster'] as const)(
    'tells from the first moment that it is used by a %s product',
    (mode) => {
      const dataDir = mkdtempSync(join(tmpdir(), 'holdfast-folder-'));
      const lock = takeDataFolder(dataDir, mode);
      expect(JSON.parse(readFileSync(join(dataDir, 'lock.json'), 'utf8'))).toMatchObject({
        mode,
        pid: process.pid,
      });
      lock.release();
      rmSync(dataDir, { recursive: true });
    },
  );
});
