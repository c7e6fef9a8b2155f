import type { MigrationInterface, QueryRunner } from 'typeorm';
import { sql } from '../sql/sql.generated';

/** The functions of the lanes: a batch of commands is decided where the rows are, in one round trip. */
export class Lane1790000000002 implements MigrationInterface {
  name = 'Lane1790000000002';

  async up(runner: QueryRunner): Promise<void> {
    const functions = [
      sql.defineHoldHelpers,
      sql.defineWalkPlaces,
      sql.definePlaceHolds,
      sql.defineEndHolds,
      sql.defineRunBatch,
      sql.defineRetakeHold,
      sql.defineAdjustStock,
    ];
    for (const { text } of functions) await runner.query(text);
    // They run with the rights of the caller; nobody but the lanes has a reason to call them.
    await runner.query('REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA inventory FROM PUBLIC');
    await runner.query('GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA inventory TO holdfast_inventory');
  }

  async down(): Promise<void> {
    throw new Error('the ledger is never migrated down: restore a backup instead');
  }
}
