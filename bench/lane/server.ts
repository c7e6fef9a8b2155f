import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@holdfast/postgres';

/** The server to measure on: the one named in HOLDFAST_TEST_DATABASE_URL, else one of our own, with the settings of the product. */
export async function benchServer(): Promise<{ stop(): Promise<void> }> {
  if (process.env['HOLDFAST_TEST_DATABASE_URL']) return { stop: () => Promise.resolve() };
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const server = await startEmbeddedPostgres({
    dataDir: folder,
    password: 'only-for-the-bench',
    sync: false,
  });
  process.env['HOLDFAST_TEST_DATABASE_URL'] = server.url;
  return {
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
