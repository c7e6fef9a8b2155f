import type { Migration } from '@holdfast/postgres';

// No reference to inventory.drop: facts of other services come by the stream, and a drop's rows may move to another server before them.
const TABLES = `
CREATE TABLE inventory.fact_inbox (
  drop_id text COLLATE "C" NOT NULL,
  fact_id uuid NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (drop_id, fact_id)
);
CREATE INDEX fact_inbox_age ON inventory.fact_inbox USING brin (seen_at);

CREATE TABLE inventory.fact_count (
  drop_id text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL,
  facts bigint NOT NULL CHECK (facts >= 0),
  PRIMARY KEY (drop_id, type)
);`;

const GRANTS = `
GRANT SELECT, INSERT, UPDATE, DELETE ON inventory.fact_inbox TO holdfast_inventory;
GRANT SELECT, INSERT, UPDATE ON inventory.fact_count TO holdfast_inventory;
GRANT SELECT ON inventory.fact_inbox, inventory.fact_count TO holdfast_auditor;`;

/** How often each fact happened in a drop, counted from the stream, and the inbox that tells a fact from its repetition. */
export const factCounts: Migration = {
  name: 'FactCounts1790000000004',
  statements: [TABLES, GRANTS],
};
