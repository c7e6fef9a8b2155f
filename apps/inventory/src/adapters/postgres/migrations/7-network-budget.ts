import type { Migration } from '@holdfast/postgres';

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
GRANT SELECT ON inventory.network_units TO holdfast_auditor;`;

/**
 * The budget of unpaid units of one network in one drop. A hold remembers the network that placed it, so that its end gives the units back;
 * holds of before have none and count for nobody.
 */
export const networkBudget: Migration = {
  name: 'NetworkBudget1790000000007',
  statements: [TABLES, GRANTS],
};
