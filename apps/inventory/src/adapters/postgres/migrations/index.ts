import type { MigrationSet } from '@holdfast/postgres';
import { Ledger1790000000001 } from './1-ledger';
import { Lane1790000000002 } from './2-lane';
import { StockNews1790000000003 } from './3-stock-news';
import { FactCounts1790000000004 } from './4-fact-counts';
import { OutboxPurge1790000000005 } from './5-outbox-purge';
import { HoldsOfCustomer1790000000006 } from './6-holds-of-customer';
import { NetworkBudget1790000000007 } from './7-network-budget';
import { Returns1790000000008 } from './8-returns';
import { HoldPurge1790000000009 } from './9-hold-purge';

export const inventoryMigrations: MigrationSet = {
  schema: 'inventory',
  migrations: [
    Ledger1790000000001,
    Lane1790000000002,
    StockNews1790000000003,
    FactCounts1790000000004,
    OutboxPurge1790000000005,
    HoldsOfCustomer1790000000006,
    NetworkBudget1790000000007,
    Returns1790000000008,
    HoldPurge1790000000009,
  ],
};
