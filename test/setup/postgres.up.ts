import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// Not through the index: path names of the monorepo are not resolved in a global setup.
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../libs/postgres/src/embedded/embedded-postgres';

/** What `postgres.down.ts` ends; both run in the same process. */
export interface TestServer {
  server: EmbeddedPostgres;
  folder: string;
}

export const holder = globalThis as typeof globalThis & { holdfastTestServer?: TestServer };

/** Starts a real PostgreSQL for the tests, once for all tiers of a run, unless one is named in HOLDFAST_TEST_DATABASE_URL. */
export default async function up(): Promise<void> {
  if (process.env['HOLDFAST_TEST_DATABASE_URL']) return;
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
  try {
    const server = await startEmbeddedPostgres({
      dataDir: folder,
      password: 'only-for-tests',
      sync: false,
      settings: { max_connections: 300, max_replication_slots: 60, max_wal_senders: 60 },
    });
    holder.holdfastTestServer = { server, folder };
    process.env['HOLDFAST_TEST_DATABASE_URL'] = server.url;
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}
