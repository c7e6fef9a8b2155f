import type { Migration } from '@holdfast/postgres';

const COLUMNS = `
-- What shoppers see of the counts.
ALTER TABLE inventory.drop ADD COLUMN stock_display text NOT NULL DEFAULT 'exact' CHECK (stock_display IN ('exact', 'bands', 'hidden'));
ALTER TABLE inventory.product ADD COLUMN revision bigint NOT NULL DEFAULT 1;`;

const REQUESTS = `
-- What was answered to a request with an Idempotency-Key, in the transaction of the change; kept for a day.
CREATE TABLE inventory.merchant_request (
  merchant_id text COLLATE "C" NOT NULL REFERENCES inventory.merchant,
  -- Hash of caller, route and key.
  request_key bytea NOT NULL CHECK (length(request_key) = 32),
  fingerprint text COLLATE "C" NOT NULL,
  -- Null only while its transaction is open.
  answer text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (merchant_id, request_key)
);
CREATE INDEX merchant_request_age ON inventory.merchant_request (created_at);`;

const FACTS = `
-- What was changed of a merchant's things, in the transaction that changed it. Whoever chains the facts reads them here.
CREATE TABLE inventory.audit_outbox (
  merchant_id text COLLATE "C" NOT NULL,
  fact_id bigint GENERATED ALWAYS AS IDENTITY,
  at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  actor jsonb NOT NULL,
  action text NOT NULL CHECK (action ~ '^[a-z]+[.][a-z]+$'),
  target jsonb NOT NULL,
  change jsonb NOT NULL,
  request_id text,
  address text,
  PRIMARY KEY (merchant_id, fact_id)
);`;

const GRANTS = `
GRANT SELECT, INSERT, UPDATE, DELETE ON inventory.merchant_request TO holdfast_inventory;
-- A fact is never taken back.
GRANT SELECT, INSERT ON inventory.audit_outbox TO holdfast_inventory;
GRANT SELECT ON inventory.audit_outbox TO holdfast_auditor;`;

/** What merchants need to change their drops and products by themselves. */
export const merchantChanges: Migration = {
  name: 'MerchantChanges1790000000010',
  statements: [COLUMNS, REQUESTS, FACTS, GRANTS],
};
