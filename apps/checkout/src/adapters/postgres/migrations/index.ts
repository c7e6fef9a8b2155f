import type { MigrationSet } from '@holdfast/postgres';
import { Orders1790000100001 } from './1-orders';
import { Sandbox1790000100002 } from './2-sandbox';
import { OrderEnds1790000100003 } from './3-order-ends';
import { OrderKeys1790000100004 } from './4-order-keys';
import { Purges1790000100005 } from './5-purges';

/** Checkout's schema, and the sandbox provider's beside it. After inventory's, whose publication it joins. */
export const checkoutMigrations: MigrationSet = {
  schema: 'checkout',
  migrations: [
    Orders1790000100001,
    Sandbox1790000100002,
    OrderEnds1790000100003,
    OrderKeys1790000100004,
    Purges1790000100005,
  ],
};
