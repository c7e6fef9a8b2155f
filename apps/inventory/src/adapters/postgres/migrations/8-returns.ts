import type { MigrationInterface, QueryRunner } from 'typeorm';
import { sql } from '../sql/sql.generated';

/** Units that come back after they were sold. The hold stays confirmed, so sold = confirmed lines less what stands here. */
export class Returns1790000000008 implements MigrationInterface {
  name = 'Returns1790000000008';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [TABLE, sql.defineReturnHold.text, GRANTS]) await runner.query(statement);
  }

  async down(): Promise<void> {
    throw new Error('the ledger is never migrated down: restore a backup instead');
  }
}

const TABLE = `
CREATE TABLE inventory.returned (
  drop_id text COLLATE "C" NOT NULL,
  -- What made them come back, once: the order whose payment was voided.
  return_id text COLLATE "C" NOT NULL,
  sku text COLLATE "C" NOT NULL,
  hold_id text COLLATE "C" NOT NULL,
  customer_id text COLLATE "C" NOT NULL,
  units integer NOT NULL CHECK (units > 0),
  returned_at timestamptz NOT NULL,
  PRIMARY KEY (drop_id, return_id, sku),
  FOREIGN KEY (drop_id, hold_id) REFERENCES inventory.hold,
  FOREIGN KEY (drop_id, sku) REFERENCES inventory.stock
);`;

const GRANTS = `
GRANT SELECT, INSERT ON inventory.returned TO holdfast_inventory;
GRANT SELECT ON inventory.returned TO holdfast_auditor;
REVOKE EXECUTE ON FUNCTION inventory.return_hold FROM PUBLIC;
GRANT EXECUTE ON FUNCTION inventory.return_hold TO holdfast_inventory;`;
