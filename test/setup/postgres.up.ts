import { rmSync } from 'node:fs';
// Not through the index: path names of the monorepo are not resolved in a global setup.
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../libs/postgres/src/embedded/embedded-postgres';
import { newServerFolder } from '../support/server-folder';

/** What `postgres.down.ts` ends; both run in the same process. */
export interface TestServer {
  server: EmbeddedPostgres;
  folder: string;
}

export const holder = globalThis as typeof globalThis & { holdfastTestServer?: TestServer };

/** Starts a real PostgreSQL for the tests, once for all tiers of a run, unless one is named in HOLDFAST_TEST_DATABASE_URL. */
export default async function up(): Promise<void> {
  if (process.env['HOLDFAST_TEST_DATABASE_URL']) return;
  const folder = newServerFolder();
  try {
    const server = await startEmbeddedPostgres({
      dataDir: folder,
      password: 'only-for-tests',
      sync: false,
      // No database here lives long enough to need a vacuum, and there are dozens to look into.
      settings: { max_connections: 300, max_replication_slots: 60, max_wal_senders: 60, autovacuum: 'off' },
    });
    holder.holdfastTestServer = { server, folder };
    process.env['HOLDFAST_TEST_DATABASE_URL'] = server.url;
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}
