import { migrate } from '@holdfast/postgres';
import { createDatabase, dropDatabase } from '@holdfast/testing';
import { checkoutMigrations } from '../../apps/checkout/src/adapters/postgres/migrations';
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
  await migrate(url, [inventoryMigrations, checkoutMigrations]);
  return { url, drop: () => dropDatabase(url) };
}
