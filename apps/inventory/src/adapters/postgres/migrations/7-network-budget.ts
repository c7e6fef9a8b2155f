import type { MigrationInterface, QueryRunner } from 'typeorm';
import { sql } from '../sql/sql.generated';

/**
 * The budget of unpaid units of one network in one drop. A hold remembers the network that placed it, so that its end gives the units back;
 * holds of before have none and count for nobody.
 *
 * The functions that take the networks of places have other parameters than before, so the former ones stay beside them: processes of the
 * version before go on with those while this one is being rolled out. `end_holds` keeps its signature, so that ends which come through them
 * give the units back, too.
 */
export class NetworkBudget1790000000007 implements MigrationInterface {
  name = 'NetworkBudget1790000000007';

  async up(runner: QueryRunner): Promise<void> {
    const functions = [
      sql.defineNetworkBudgets,
      sql.defineWalkPlaces,
      sql.definePlaceHolds,
      sql.defineEndHolds,
      sql.defineRunBatch,
      sql.defineRetakeHold,
    ];
    await runner.query(TABLES);
    for (const { text } of functions) await runner.query(text);
    await runner.query(GRANTS);
  }

  async down(): Promise<void> {
    throw new Error('the ledger is never migrated down: restore a backup instead');
  }
}

const TABLES = `
-- What a gateway calls the network of an address: keyed hashes, so that no address is kept. Null: the hold counts for no network.
ALTER TABLE inventory.hold ADD COLUMN network bigint, ADD COLUMN network_block bigint;

-- Unpaid units of a drop that a network has now, and what became of those before. The CHECK is the limit, whatever the code believes.
CREATE TABLE inventory.network_units (
  network bigint NOT NULL,
  -- When paid and wasted were last brought up to date; null while nothing has ended.
  judged_at timestamptz,
  unpaid integer NOT NULL CHECK (unpaid >= 0),
  -- What it might have when it last got some. It may get less afterwards, and keeps what it has.
  unit_limit integer NOT NULL,
  -- Units that were paid for and that were wasted (inventory.is_wasted), halved with each half-life (inventory.network_half_life).
  paid real NOT NULL DEFAULT 0 CHECK (paid >= 0),
  wasted real NOT NULL DEFAULT 0 CHECK (wasted >= 0),
  drop_id text COLLATE "C" NOT NULL,
  PRIMARY KEY (drop_id, network),
  CONSTRAINT network_limit CHECK (unpaid <= unit_limit)
) WITH (fillfactor = 80);`;

const GRANTS = `
GRANT SELECT, INSERT, UPDATE ON inventory.network_units TO holdfast_inventory;
GRANT SELECT ON inventory.network_units TO holdfast_auditor;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA inventory FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA inventory TO holdfast_inventory;`;
