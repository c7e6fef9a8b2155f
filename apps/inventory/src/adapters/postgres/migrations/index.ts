import type { MigrationSet } from '@holdfast/postgres';
import { Ledger1790000000001 } from './1-ledger';
import { Lane1790000000002 } from './2-lane';
import { StockNews1790000000003 } from './3-stock-news';

export const inventoryMigrations: MigrationSet = {
  schema: 'inventory',
  migrations: [Ledger1790000000001, Lane1790000000002, StockNews1790000000003],
};
