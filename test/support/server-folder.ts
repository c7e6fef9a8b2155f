import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder that PostgreSQL's user can enter, so that the server's files lie in it and go with it: as root it runs as somebody else. */
export function newServerFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
  chmodSync(folder, 0o755);
  return folder;
}
