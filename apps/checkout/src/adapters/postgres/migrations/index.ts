import type { MigrationSet } from '@holdfast/postgres';
import { sql as sandboxSql } from '../../sandbox/sql/sql.generated';
import { sql } from '../sql/sql.generated';
import { orders } from './1-orders';
import { orderIndexes } from './indexes';
import { sandbox } from './2-sandbox';
import { orderEnds } from './3-order-ends';
import { orderKeys } from './4-order-keys';
import { purges } from './5-purges';
import { merchantOrders } from './6-merchant-orders';
import { orderEvents } from './7-order-events';

/** Checkout's schema, and the sandbox provider's beside it. After inventory's, whose publication it joins. */
export const checkoutMigrations: MigrationSet = {
  schema: 'checkout',
  migrations: [orders, sandbox, orderEnds, orderKeys, purges, merchantOrders, orderEvents],
  indexes: orderIndexes,
  functionSchemas: ['checkout', 'sandbox'],
  functions: [
    sql.defineOrderImage,
    sql.defineOrderEvent,
    sql.defineFindOrders,
    sql.defineRemoveGhost,
    sandboxSql.definePurge,
    sandboxSql.defineRemoveGhostCharges,
    sql.defineRowPolicies,
  ],
  grants: sql.grantFunctions,
};
