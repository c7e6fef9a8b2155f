import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { migrate } from '@holdfast/postgres';
import { createDatabase, ensureTemplate, dropDatabase } from '@holdfast/testing';
import { accountsMigrations } from '../../apps/accounts/src/adapters/postgres/migrations';
import { checkoutMigrations } from '../../apps/checkout/src/adapters/postgres/migrations';
import { inventoryMigrations } from '../../apps/inventory/src/adapters/postgres/migrations';
import { REPOSITORY } from './repository';

export interface TestLedger {
  /** The login; each app takes its own role on its own pool. */
  url: string;
  /** Call it at the end of a test that passed: a failing test's database is evidence and stays. */
  drop(): Promise<void>;
}

/** A database of its own for one test file, with the tables of all apps and no rows but those of the migrations. */
export async function createLedger(label: string): Promise<TestLedger> {
  const url = await createDatabase(label, await ensureTemplate(templateName(), migrateAll));
  return { url, drop: () => dropDatabase(url) };
}

async function migrateAll(url: string): Promise<void> {
  await migrate(url, [inventoryMigrations, checkoutMigrations, accountsMigrations]);
}

const MADE_FROM = [
  'libs/postgres/src',
  'apps/inventory/src/adapters/postgres',
  'apps/accounts/src/adapters/postgres',
  'apps/checkout/src/adapters/postgres',
  'apps/checkout/src/adapters/sandbox/sql',
];

let name: string | undefined;

/** Named by what the tables are made from: a server that outlives a run never lends those of yesterday. */
function templateName(): string {
  if (name) return name;
  const hash = createHash('sha256');
  for (const folder of MADE_FROM) {
    const files = readdirSync(join(REPOSITORY, folder), { recursive: true, withFileTypes: true });
    const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
    for (const path of paths.sort()) hash.update(path.slice(REPOSITORY.length)).update(readFileSync(path));
  }
  return (name = `template_ledger_${hash.digest('hex').slice(0, 12)}`);
}
