import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Lets inventory lock facts that it purges, so that instances which purge at the same moments pass over each other's rows: deleting the same ones in
 * different orders they would wait for each other in a circle. PostgreSQL asks for the right to update a column for that; a fact's words stay as told.
 */
export class OutboxPurge1790000000005 implements MigrationInterface {
  name = 'OutboxPurge1790000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('GRANT UPDATE (created_at) ON inventory.outbox TO holdfast_inventory');
  }

  async down(): Promise<void> {
    throw new Error('the ledger is never migrated down: restore a backup instead');
  }
}
