import type { Migration } from '@holdfast/postgres';

const RECORDS = `
-- The chain of each merchant. Who may write here could write anything; that it is found is the work of the hashes and of checkpoints kept elsewhere.
CREATE TABLE accounts.audit_record (
  merchant_id text COLLATE "C" NOT NULL,
  seq bigint NOT NULL CHECK (seq > 0),
  -- The fact that it tells of: a service and its number there. However often it is brought, it is chained once.
  source text COLLATE "C" NOT NULL,
  fact_id bigint NOT NULL,
  -- Canonical JSON (RFC 8785) without the hash: text, so that what is exported is what was hashed.
  record text NOT NULL,
  hash text COLLATE "C" NOT NULL,
  -- To look for; told by the record.
  action text COLLATE "C" NOT NULL GENERATED ALWAYS AS (record::jsonb ->> 'action') STORED,
  target_id text COLLATE "C" NOT NULL GENERATED ALWAYS AS (record::jsonb -> 'target' ->> 'id') STORED,
  PRIMARY KEY (merchant_id, seq),
  UNIQUE (merchant_id, source, fact_id)
);
CREATE INDEX audit_record_of_action ON accounts.audit_record (merchant_id, action, seq);
CREATE INDEX audit_record_of_target ON accounts.audit_record (merchant_id, target_id, seq);`;

const CHECKPOINTS = `
CREATE TABLE accounts.audit_checkpoint (
  merchant_id text COLLATE "C" NOT NULL,
  at timestamptz(3) NOT NULL,
  seq bigint NOT NULL,
  -- As it was signed, with its key.
  checkpoint jsonb NOT NULL,
  PRIMARY KEY (merchant_id, at)
);`;

const MARKS = `
-- Null: not in the chain yet. A mark and no cursor, because a lower number can be committed later than a higher one.
ALTER TABLE accounts.audit_outbox ADD COLUMN chained_at timestamptz;
CREATE INDEX audit_outbox_to_chain ON accounts.audit_outbox (merchant_id, fact_id) WHERE chained_at IS NULL;`;

const POLICIES = ['audit_record', 'audit_checkpoint']
  .map(
    (table) => `
ALTER TABLE accounts.${table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_merchant ON accounts.${table} TO holdfast_accounts
  USING (merchant_id = current_setting('accounts.merchant_id', true))
  WITH CHECK (merchant_id = current_setting('accounts.merchant_id', true));`,
  )
  .join('');

const GRANTS = `
GRANT SELECT, INSERT ON accounts.audit_record, accounts.audit_checkpoint TO holdfast_accounts;
GRANT UPDATE (chained_at) ON accounts.audit_outbox TO holdfast_accounts;`;

/** The chain of what was changed, and its checkpoints. */
export const auditChain: Migration = {
  name: 'AuditChain1790000200002',
  statements: [RECORDS, CHECKPOINTS, MARKS, POLICIES, GRANTS],
};
