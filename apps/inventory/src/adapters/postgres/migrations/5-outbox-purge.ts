import type { Migration } from '@holdfast/postgres';

/**
 * Lets inventory lock facts that it purges, so that instances which purge at the same moments pass over each other's rows: deleting the same ones in
 * different orders they would wait for each other in a circle. PostgreSQL asks for the right to update a column for that; what a fact says cannot be changed.
 */
export const outboxPurge: Migration = {
  name: 'OutboxPurge1790000000005',
  statements: ['GRANT UPDATE (created_at) ON inventory.outbox TO holdfast_inventory'],
};
