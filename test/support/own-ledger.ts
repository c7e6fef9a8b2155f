import { rmSync } from 'node:fs';
import { type EmbeddedPostgres, migrate, startEmbeddedPostgres } from '@holdfast/postgres';
import { accountsMigrations } from '../../apps/accounts/src/adapters/postgres/migrations';
import { checkoutMigrations } from '../../apps/checkout/src/adapters/postgres/migrations';
import { inventoryMigrations } from '../../apps/inventory/src/adapters/postgres/migrations';
import { newServerFolder } from './server-folder';

export interface OwnLedger {
  url: string;
  server: EmbeddedPostgres;
  drop(): Promise<void>;
}

export interface BareServer {
  url: string;
  server: EmbeddedPostgres;
  stop(): Promise<void>;
}

/** A PostgreSQL with nothing in it. */
export async function startBareServer(settings: Record<string, string> = {}): Promise<BareServer> {
  const folder = newServerFolder();
  const server = await startEmbeddedPostgres({
    dataDir: folder,
    password: 'only-for-tests',
    sync: false,
    settings,
  });
  const stop = async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { url: server.url, server, stop };
}

/**
 * A ledger on a server of its own, for tests that break the server, or that measure how soon its log has been read: a reader of the log goes
 * through what all databases of a server have written.
 */
export async function startOwnLedger(settings: Record<string, string> = {}): Promise<OwnLedger> {
  const { url, server, stop } = await startBareServer(settings);
  await migrate(url, [inventoryMigrations, checkoutMigrations, accountsMigrations]);
  return { url, server, drop: stop };
}
