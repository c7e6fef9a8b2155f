import type { Migration } from '@holdfast/postgres';

const GHOSTS = `
-- The drop that this one is a copy of, for a rehearsal: a ghost. Only ids of their own shape are ghosts' (isGhostId), so that all who see the id
-- of a drop, a hold or an order know it.
ALTER TABLE inventory.drop
  ADD COLUMN ghost_of text COLLATE "C" REFERENCES inventory.drop,
  ADD CONSTRAINT ghost_by_id CHECK (ghost_of IS NULL OR drop_id ~ '^g[0-9a-hjkmnp-tv-z]{11}$');
CREATE INDEX drop_ghost ON inventory.drop (drop_id) WHERE ghost_of IS NOT NULL;
-- Merchants do not see ghosts: neither them nor what belongs to them. On a new ledger define-row-policies.sql makes it so.
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_policy WHERE polrelid = 'inventory.drop'::regclass AND polname = 'of_merchant') THEN
    ALTER POLICY of_merchant ON inventory.drop USING (merchant_id = current_setting('inventory.merchant_id', true) AND ghost_of IS NULL);
  END IF;
END $$;`;

const REHEARSALS = `
CREATE TABLE inventory.rehearsal (
  merchant_id text COLLATE "C" NOT NULL REFERENCES inventory.merchant,
  rehearsal_id text COLLATE "C" NOT NULL,
  -- What is rehearsed.
  drop_id text COLLATE "C" NOT NULL REFERENCES inventory.drop,
  settings jsonb NOT NULL CHECK (octet_length(settings::text) <= 10000),
  -- Shoppers a second, of the past drop that is replayed; null without one.
  arrivals integer[] CHECK (cardinality(arrivals) <= 1800),
  state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'done', 'stopped', 'failed')),
  verdict text CHECK (verdict IN ('go', 'no-go')),
  progress real NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 1),
  detail text NOT NULL DEFAULT '' CHECK (length(detail) <= 2000),
  -- Bounded in code, and once more here: the result, and what the report shows besides it.
  figures jsonb CHECK (octet_length(figures::text) <= 262144),
  evidence jsonb CHECK (octet_length(evidence::text) <= 3145728),
  -- The process that runs it, and when it last said so. Null: none has taken it over.
  runner text COLLATE "C",
  beaten_at timestamptz,
  stop_requested boolean NOT NULL DEFAULT false,
  -- All ghosts made for it, the first one with the full stock. Null: they are still to be removed.
  ghost_ids text[] COLLATE "C" NOT NULL DEFAULT '{}' CHECK (cardinality(ghost_ids) <= 100),
  ghosts_removed_at timestamptz,
  requested_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  started_at timestamptz(3),
  -- When it will have ended at the latest.
  ends_by timestamptz(3) NOT NULL,
  ended_at timestamptz(3),
  PRIMARY KEY (merchant_id, rehearsal_id),
  UNIQUE (rehearsal_id),
  CHECK ((state = 'running') = (ended_at IS NULL)),
  CHECK (runner IS NULL OR (started_at IS NOT NULL AND beaten_at IS NOT NULL)),
  CHECK (verdict IS NULL OR state = 'done')
);
-- One at a time on an installation, whatever the code believes.
CREATE UNIQUE INDEX rehearsal_running ON inventory.rehearsal ((true)) WHERE state = 'running';
CREATE INDEX rehearsal_of_drop ON inventory.rehearsal (drop_id, requested_at DESC, rehearsal_id);
CREATE INDEX rehearsal_to_clear ON inventory.rehearsal (rehearsal_id) WHERE state <> 'running' AND ghosts_removed_at IS NULL;`;

const GRANTS = `
GRANT SELECT, INSERT, UPDATE, DELETE ON inventory.rehearsal TO holdfast_inventory;
GRANT SELECT ON inventory.rehearsal TO holdfast_auditor;`;

/** Rehearsals of drops, and the ghosts on which they are made. */
export const rehearsals: Migration = {
  name: 'Rehearsals1790000000019',
  statements: [GHOSTS, REHEARSALS, GRANTS],
};
