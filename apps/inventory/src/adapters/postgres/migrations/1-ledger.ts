import type { Migration } from '@holdfast/postgres';

const CATALOGUE = `
CREATE TABLE inventory.merchant (
  merchant_id text COLLATE "C" PRIMARY KEY,
  name text NOT NULL,
  -- Exactly one merchant is the first one, who owns what the command line makes.
  is_first boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX merchant_first ON inventory.merchant (is_first) WHERE is_first;

CREATE TABLE inventory.product (
  merchant_id text COLLATE "C" NOT NULL REFERENCES inventory.merchant,
  product_id text COLLATE "C" NOT NULL,
  handle text NOT NULL,
  name text NOT NULL,
  description text NOT NULL DEFAULT '',
  image_urls text[] NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (merchant_id, product_id),
  UNIQUE (merchant_id, handle)
);

CREATE TABLE inventory.product_sku (
  merchant_id text COLLATE "C" NOT NULL,
  sku text COLLATE "C" NOT NULL,
  product_id text COLLATE "C" NOT NULL,
  name text NOT NULL,
  price_minor bigint NOT NULL CHECK (price_minor >= 0),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  PRIMARY KEY (merchant_id, sku),
  FOREIGN KEY (merchant_id, product_id) REFERENCES inventory.product
);`;

const STOCK = `
CREATE TABLE inventory.drop (
  drop_id text COLLATE "C" PRIMARY KEY CHECK (drop_id ~ '^[a-z][0-9a-z]{2,31}$'),
  merchant_id text COLLATE "C" NOT NULL REFERENCES inventory.merchant,
  name text NOT NULL,
  description text NOT NULL DEFAULT '',
  image_url text,
  -- The stored word; a scheduled drop opens and a running one closes by time alone, so readers also look at the clock.
  state text NOT NULL CHECK (state IN ('draft', 'scheduled', 'open', 'paused', 'closed')),
  mode text NOT NULL DEFAULT 'first-come' CHECK (mode IN ('first-come', 'queue', 'draw')),
  opens_at timestamptz,
  closes_at timestamptz,
  per_customer_limit integer NOT NULL CHECK (per_customer_limit BETWEEN 1 AND 10000),
  hold_ttl_seconds integer NOT NULL CHECK (hold_ttl_seconds BETWEEN 3 AND 86400),
  revision bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CHECK (closes_at IS NULL OR opens_at IS NULL OR closes_at > opens_at),
  CHECK (state <> 'scheduled' OR opens_at IS NOT NULL)
);
CREATE INDEX drop_newest ON inventory.drop (created_at DESC, drop_id);
-- What the drop clock looks for: drops whose state a moment in time will change.
CREATE INDEX drop_due ON inventory.drop (state, opens_at, closes_at) WHERE state IN ('scheduled', 'open', 'paused');

-- What is sold: fixed while the counts change, so it stays out of the hot row and out of the stream.
CREATE TABLE inventory.item (
  drop_id text COLLATE "C" NOT NULL REFERENCES inventory.drop,
  sku text COLLATE "C" NOT NULL,
  position integer NOT NULL,
  name text NOT NULL,
  image_url text,
  price_minor bigint NOT NULL CHECK (price_minor >= 0),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  PRIMARY KEY (drop_id, sku)
);

-- The counts. Rows are never deleted: a delete made while nobody reads the stream would never arrive.
-- Half of each page stays free, so that an update finds room beside its old version and touches no index.
CREATE TABLE inventory.stock (
  drop_id text COLLATE "C" NOT NULL,
  sku text COLLATE "C" NOT NULL,
  total bigint NOT NULL CHECK (total >= 0),
  available bigint NOT NULL CHECK (available >= 0),
  held bigint NOT NULL CHECK (held >= 0),
  sold bigint NOT NULL CHECK (sold >= 0),
  epoch bigint NOT NULL DEFAULT 0,
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (drop_id, sku),
  FOREIGN KEY (drop_id, sku) REFERENCES inventory.item,
  CONSTRAINT stock_adds_up CHECK (total = available + held + sold)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 2000);

-- Every change of a SKU's total, with its reason: total = sum of deltas.
CREATE TABLE inventory.movement (
  drop_id text COLLATE "C" NOT NULL,
  movement_id text COLLATE "C" NOT NULL,
  sku text COLLATE "C" NOT NULL,
  delta bigint NOT NULL,
  reason text NOT NULL,
  actor text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (drop_id, movement_id, sku),
  FOREIGN KEY (drop_id, sku) REFERENCES inventory.stock
);`;

const HOLDS = `
-- Units of a drop that a customer has now: held or bought, less returned. The CHECK is the limit, whatever the code believes.
CREATE TABLE inventory.customer_units (
  drop_id text COLLATE "C" NOT NULL,
  customer_id text COLLATE "C" NOT NULL,
  units integer NOT NULL CHECK (units >= 0),
  unit_limit integer NOT NULL,
  PRIMARY KEY (drop_id, customer_id),
  CONSTRAINT customer_limit CHECK (units <= unit_limit)
) WITH (fillfactor = 80);

-- One row a hold, its lines as parallel arrays: a row a line would cost a second table and index on the hottest path.
CREATE TABLE inventory.hold (
  drop_id text COLLATE "C" NOT NULL,
  hold_id text COLLATE "C" NOT NULL,
  customer_id text COLLATE "C" NOT NULL,
  state text NOT NULL CHECK (state IN ('held', 'confirmed', 'released', 'expired')),
  -- SHA-256 of the request body: the same key with another body is misuse, not a replay.
  fingerprint text COLLATE "C" NOT NULL,
  skus text[] COLLATE "C" NOT NULL,
  quantities integer[] NOT NULL,
  prices_minor bigint[] NOT NULL,
  currency text NOT NULL,
  -- Sum of the quantities, kept for the customer's limit.
  units integer NOT NULL CHECK (units > 0),
  created_at timestamptz NOT NULL,
  -- The time first promised: what a replayed answer shows, and what a yielded payment falls back to.
  first_expires_at timestamptz NOT NULL,
  -- The time now in force: later than the first while an order pays.
  expires_at timestamptz NOT NULL,
  -- The order that pays or has paid.
  order_id text COLLATE "C",
  ended_at timestamptz,
  PRIMARY KEY (drop_id, hold_id),
  CHECK (cardinality(skus) BETWEEN 1 AND 20 AND cardinality(skus) = cardinality(quantities) AND cardinality(skus) = cardinality(prices_minor)),
  CHECK (0 < ALL (quantities)),
  CHECK ((state = 'held') = (ended_at IS NULL)),
  CHECK (state <> 'confirmed' OR order_id IS NOT NULL)
);
-- No room is left free in its pages: whatever changes in a hold changes an index too, so an update could not stay in the page anyhow.
-- What the sweeper looks for. Times grow, so inserts go to the last page of this index.
-- The predicate is not state = 'held': statements that name a hold repeat that as their guard, and while the table is small the planner
-- would then take this index for theirs and keep that plan when it has become a walk over all live holds.
CREATE INDEX hold_due ON inventory.hold (drop_id, expires_at) WHERE ended_at IS NULL;`;

const STREAM = `
-- Facts for other services, at least once; purged by age, never inserted and deleted at once. Column names are those of Debezium's EventRouter.
CREATE TABLE inventory.outbox (
  drop_id text COLLATE "C" NOT NULL,
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  aggregatetype text NOT NULL,
  aggregateid text NOT NULL,
  type text NOT NULL,
  payload jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (drop_id, id)
);
CREATE INDEX outbox_age ON inventory.outbox USING brin (created_at);

-- Touched while nothing else happens, so that a reader can tell "nothing new" from "stream is dead".
CREATE TABLE inventory.cdc_heartbeat (
  id integer PRIMARY KEY CHECK (id = 1),
  ts timestamptz NOT NULL
);
INSERT INTO inventory.cdc_heartbeat (id, ts) VALUES (1, clock_timestamp());

CREATE PUBLICATION holdfast_cdc FOR TABLE inventory.stock, inventory.drop, inventory.outbox, inventory.cdc_heartbeat;`;

const GRANTS = `
GRANT USAGE ON SCHEMA inventory TO holdfast_inventory, holdfast_cdc, holdfast_auditor;
-- No DELETE on anything that counts; outbox rows are purged by age.
GRANT SELECT, INSERT, UPDATE ON
  inventory.merchant, inventory.product, inventory.product_sku, inventory.drop, inventory.item,
  inventory.stock, inventory.customer_units, inventory.hold TO holdfast_inventory;
GRANT SELECT, INSERT ON inventory.movement TO holdfast_inventory;
GRANT SELECT, INSERT, DELETE ON inventory.outbox TO holdfast_inventory;
GRANT SELECT, UPDATE ON inventory.cdc_heartbeat TO holdfast_inventory, holdfast_cdc;
GRANT SELECT ON inventory.stock, inventory.drop, inventory.outbox TO holdfast_cdc;
GRANT SELECT ON ALL TABLES IN SCHEMA inventory TO holdfast_auditor;`;

/**
 * The ledger: the truth about stock and holds.
 *
 * `drop_id` stands in every key, so that no statement needs two drops and a drop can move to another server as a whole.
 * Ids are compared byte by byte (COLLATE "C"): a locale-aware comparison costs more and sorts differently from server to server.
 */
export const ledger: Migration = {
  name: 'Ledger1790000000001',
  statements: [CATALOGUE, STOCK, HOLDS, STREAM, GRANTS],
};
