import type { Migration } from '@holdfast/postgres';

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
GRANT SELECT ON inventory.returned TO holdfast_auditor;`;

/** Units that come back after they were sold. The hold stays confirmed, so sold = confirmed lines less what stands here. */
export const returns: Migration = {
  name: 'Returns1790000000008',
  statements: [TABLE, GRANTS],
};
