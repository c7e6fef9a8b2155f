import type { MigrationSet } from '@holdfast/postgres';
import { accountsMigrations } from '../../../accounts/src/adapters/postgres/migrations';
import { checkoutMigrations } from '../../../checkout/src/adapters/postgres/migrations';
import { inventoryMigrations } from '../../../inventory/src/adapters/postgres/migrations';

/** Every service's migrations, in the order in which they are applied. Apart from the modules: those load the whole product. */
export function migrationSets(): MigrationSet[] {
  return [inventoryMigrations, checkoutMigrations, accountsMigrations];
}
