import type { MigrationInterface, QueryRunner } from 'typeorm';
import { sql } from '../sql/sql.generated';

/** Holds that ended without a sale are forgotten after a time, by a function that can delete nothing else. */
export class HoldPurge1790000000009 implements MigrationInterface {
  name = 'HoldPurge1790000000009';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql.definePurgeHolds.text);
    await runner.query('REVOKE EXECUTE ON FUNCTION inventory.purge_holds FROM PUBLIC');
    await runner.query('GRANT EXECUTE ON FUNCTION inventory.purge_holds TO holdfast_inventory');
  }

  async down(): Promise<void> {
    throw new Error('the ledger is never migrated down: restore a backup instead');
  }
}
