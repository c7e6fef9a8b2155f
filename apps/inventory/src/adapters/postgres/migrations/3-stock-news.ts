import type { MigrationInterface, QueryRunner } from 'typeorm';
import { sql } from '../sql/sql.generated';

/**
 * A batch also shows the stock rows that it asked for and did not change, with their versions: the gate refuses by them. Same signature, so
 * processes of the version before go on while this one is being rolled out.
 */
export class StockNews1790000000003 implements MigrationInterface {
  name = 'StockNews1790000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql.defineRunBatch.text);
  }

  async down(): Promise<void> {
    throw new Error('the ledger is never migrated down: restore a backup instead');
  }
}
