import type { MigrationSet } from '@holdfast/postgres';
import { Ledger1790000000001 } from './1-ledger';

export const inventoryMigrations: MigrationSet = {
  schema: 'inventory',
  migrations: [Ledger1790000000001],
};
