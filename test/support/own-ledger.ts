import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, migrate, startEmbeddedPostgres } from '@holdfast/postgres';
import { checkoutMigrations } from '../../apps/checkout/src/adapters/postgres/migrations';
import { inventoryMigrations } from '../../apps/inventory/src/adapters/postgres/migrations';

export interface OwnLedger {
  url: string;
  server: EmbeddedPostgres;
  drop(): Promise<void>;
}

/**
 * A ledger on a server of its own, for tests that break the server, or that measure how soon its log has been read: a reader of the log goes
 * through what all databases of a server have written.
 */
export async function startOwnLedger(settings: Record<string, string> = {}): Promise<OwnLedger> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-own-'));
  const server = await startEmbeddedPostgres({
    dataDir: folder,
    password: 'only-for-tests',
    sync: false,
    settings,
  });
  await migrate(server.url, [inventoryMigrations, checkoutMigrations]);
  const drop = async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { url: server.url, server, drop };
}
