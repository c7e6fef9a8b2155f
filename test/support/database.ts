import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { migrate, type MigrationSet } from '@holdfast/postgres';
import { createDatabase, dropDatabase } from '@holdfast/testing';
import { inventoryMigrations } from '../../apps/inventory/src/adapters/postgres/migrations';

export interface TestLedger {
  /** The login; each app takes its own role on its own pool. */
  url: string;
  /** Call it at the end of a test that passed: a failing test's database is evidence and stays. */
  drop(): Promise<void>;
}

/** A database of its own for one test file, with the tables of all apps and no rows but those of the migrations. */
export async function createLedger(label: string): Promise<TestLedger> {
  const url = await createDatabase(label);
  await migrate(url, [inventoryMigrations, ...checkoutMigrationSets()]);
  return { url, drop: () => dropDatabase(url) };
}

function checkoutMigrationSets(): MigrationSet[] {
  const folder = join(__dirname, '../../apps/checkout/src/adapters/postgres/migrations');
  if (!existsSync(join(folder, 'index.ts'))) return [];
  const { checkoutMigrations } = require(folder) as { checkoutMigrations: MigrationSet | MigrationSet[] };
  return [checkoutMigrations].flat();
}
