import type { Migration } from '@holdfast/postgres';

// No reference to inventory.drop from a tick: a gateway counts what it answered, and the statement that stores it looks whether the drop is there.
const TABLES = `
-- What one gateway answered for a drop in one second. Written once: a tick that comes a second time changes nothing.
CREATE TABLE inventory.tick (
  drop_id text COLLATE "C" NOT NULL,
  second timestamptz NOT NULL,
  source text COLLATE "C" NOT NULL,
  -- Answers to placing a hold; refusals among them by code; how long they took, by bucket.
  arrivals integer NOT NULL CHECK (arrivals >= 0),
  refusals jsonb NOT NULL,
  latencies jsonb NOT NULL,
  -- Readers of the live counts at the end of the second.
  readers integer NOT NULL CHECK (readers >= 0),
  PRIMARY KEY (drop_id, second, source)
);

-- Sums of the ticks, in the statement that stores them.
CREATE TABLE inventory.refusal_count (
  drop_id text COLLATE "C" NOT NULL,
  code text COLLATE "C" NOT NULL,
  refusals bigint NOT NULL CHECK (refusals > 0),
  PRIMARY KEY (drop_id, code)
);

-- Holds that were purged, by the minute in which they were placed and in which they ended, so that figures stay.
CREATE TABLE inventory.purged_hold_count (
  drop_id text COLLATE "C" NOT NULL REFERENCES inventory.drop,
  minute timestamptz NOT NULL,
  placed bigint NOT NULL DEFAULT 0,
  released bigint NOT NULL DEFAULT 0,
  expired bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (drop_id, minute)
);

-- The first moment at which no SKU of a drop had a unit.
CREATE TABLE inventory.sold_out (
  drop_id text COLLATE "C" PRIMARY KEY REFERENCES inventory.drop,
  sold_out_at timestamptz NOT NULL DEFAULT clock_timestamp()
);`;

const GRANTS = `
GRANT SELECT, INSERT, DELETE ON inventory.tick TO holdfast_inventory;
GRANT SELECT, INSERT, UPDATE ON inventory.refusal_count TO holdfast_inventory;
GRANT SELECT ON inventory.purged_hold_count TO holdfast_inventory;
GRANT SELECT, INSERT ON inventory.sold_out TO holdfast_inventory;
GRANT SELECT ON inventory.tick, inventory.refusal_count, inventory.purged_hold_count, inventory.sold_out TO holdfast_auditor;`;

/** What merchants see of a launch: figures by the second, and sums. */
export const figures: Migration = {
  name: 'Figures1790000000014',
  statements: [TABLES, GRANTS],
};
