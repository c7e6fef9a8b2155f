import type { MigrationSet } from '@holdfast/postgres';
import { inventoryMigrations } from '../../../../inventory/src/adapters/postgres/migrations';

/** Every service's migrations, in the order in which they are applied. */
export function migrationSets(): MigrationSet[] {
  return [inventoryMigrations];
}
