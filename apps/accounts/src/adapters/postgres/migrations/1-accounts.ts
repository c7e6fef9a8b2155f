import type { Migration } from '@holdfast/postgres';

const MERCHANTS = `
CREATE TABLE accounts.merchant (
  merchant_id text COLLATE "C" PRIMARY KEY,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 300),
  support_email text,
  default_currency text NOT NULL DEFAULT 'EUR' CHECK (default_currency ~ '^[A-Z]{3}$'),
  allowed_origins text[] NOT NULL DEFAULT '{}',
  brand_accent text,
  brand_logo_url text,
  refund_step_up_minor bigint CHECK (refund_step_up_minor >= 0),
  require_mfa boolean NOT NULL DEFAULT false,
  revision integer NOT NULL DEFAULT 1,
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp()
);`;

const STAFF = `
CREATE TABLE accounts.staff (
  merchant_id text COLLATE "C" NOT NULL REFERENCES accounts.merchant,
  staff_id text COLLATE "C" NOT NULL,
  -- In lower case. An address is staff once on an installation, whatever row-level security lets a merchant see.
  email text COLLATE "C" NOT NULL UNIQUE CHECK (email = lower(email)),
  name text NOT NULL,
  role text NOT NULL CHECK (role IN ('owner', 'staff', 'viewer')),
  -- argon2id with its parameters and salt; null: the invitation has not been used.
  password_hash text,
  -- Encrypted by the service. The pending one becomes the secret when a code of it was given.
  totp_secret bytea,
  totp_pending bytea,
  -- Steps of time whose codes were used and that are not over.
  totp_used bigint[] NOT NULL DEFAULT '{}',
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (merchant_id, staff_id)
);

CREATE TABLE accounts.recovery_code (
  merchant_id text COLLATE "C" NOT NULL,
  staff_id text COLLATE "C" NOT NULL,
  code_hash bytea NOT NULL CHECK (length(code_hash) = 32),
  PRIMARY KEY (merchant_id, staff_id, code_hash),
  FOREIGN KEY (merchant_id, staff_id) REFERENCES accounts.staff ON DELETE CASCADE
);

-- A person has one link at most: a newer one takes the place of the older.
CREATE TABLE accounts.one_time_link (
  merchant_id text COLLATE "C" NOT NULL,
  staff_id text COLLATE "C" NOT NULL,
  token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, staff_id),
  FOREIGN KEY (merchant_id, staff_id) REFERENCES accounts.staff ON DELETE CASCADE
);`;

const SESSIONS = `
CREATE TABLE accounts.session (
  merchant_id text COLLATE "C" NOT NULL,
  session_id text COLLATE "C" NOT NULL,
  staff_id text COLLATE "C" NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz(3) NOT NULL,
  PRIMARY KEY (merchant_id, session_id),
  FOREIGN KEY (merchant_id, staff_id) REFERENCES accounts.staff ON DELETE CASCADE
);
CREATE INDEX session_of_staff ON accounts.session (merchant_id, staff_id, created_at);
CREATE INDEX session_expiry ON accounts.session (expires_at);

-- All that a session has given out, so that a token that comes back later is known. They go with their session.
CREATE TABLE accounts.refresh_token (
  merchant_id text COLLATE "C" NOT NULL,
  session_id text COLLATE "C" NOT NULL,
  generation integer NOT NULL,
  token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
  replaced_at timestamptz,
  -- The successor, readable for who has this token.
  successor text,
  PRIMARY KEY (merchant_id, session_id, generation),
  FOREIGN KEY (merchant_id, session_id) REFERENCES accounts.session ON DELETE CASCADE,
  CHECK ((replaced_at IS NULL) = (successor IS NULL))
);`;

const KEYS = `
CREATE TABLE accounts.api_key (
  merchant_id text COLLATE "C" NOT NULL REFERENCES accounts.merchant,
  key_id text COLLATE "C" NOT NULL,
  name text NOT NULL,
  prefix text NOT NULL,
  secret_hash bytea NOT NULL UNIQUE CHECK (length(secret_hash) = 32),
  scopes text[] NOT NULL CHECK (cardinality(scopes) > 0 AND NOT scopes && '{staff:write,keys:write}'),
  -- As they were then: the key stays when its maker goes.
  created_by jsonb NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz(3),
  last_used_at timestamptz(3),
  -- Kept for a time, so that a request that is sent again cannot bring a removed key back.
  removed_at timestamptz(3),
  PRIMARY KEY (merchant_id, key_id)
);`;

const MADE = `
-- What requests with an Idempotency-Key made, by its id, with the fingerprint of their body: the same key with another body is misuse.
CREATE TABLE accounts.made (
  merchant_id text COLLATE "C" NOT NULL REFERENCES accounts.merchant,
  made_id text COLLATE "C" NOT NULL,
  fingerprint text COLLATE "C" NOT NULL,
  made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (merchant_id, made_id)
);
CREATE INDEX made_age ON accounts.made (made_at);`;

const FACTS = `
-- What was changed, in the transaction that changed it. Whoever chains the facts reads them here.
CREATE TABLE accounts.audit_outbox (
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
);

-- Numbered in the order of their commits (accounts.revoke), so that a reader who knows the last number it saw misses none.
CREATE TABLE accounts.revocation (
  revocation_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('session', 'api-key')),
  subject_id text COLLATE "C" NOT NULL,
  revoked_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Wrong guesses by what was guessed at. Of no merchant: an address that is nobody's is counted like one that is somebody's.
CREATE TABLE accounts.guess (
  subject_hash bytea PRIMARY KEY CHECK (length(subject_hash) = 32),
  -- Nobody's are forgotten when there are too many.
  is_known boolean NOT NULL,
  guesses integer NOT NULL,
  guessed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  paused_until timestamptz
);
CREATE INDEX guess_age ON accounts.guess (guessed_at);`;

/** The tables of which a merchant sees its own rows. */
const OWNED = [
  'merchant',
  'staff',
  'recovery_code',
  'one_time_link',
  'session',
  'refresh_token',
  'api_key',
  'made',
  'audit_outbox',
];

// Behind the merchant_id of every predicate. The owner of the tables is exempt: that is how the functions of define-find-merchant.sql see all rows.
const POLICIES = OWNED.map(
  (table) => `
ALTER TABLE accounts.${table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_merchant ON accounts.${table} TO holdfast_accounts
  USING (merchant_id = current_setting('accounts.merchant_id', true))
  WITH CHECK (merchant_id = current_setting('accounts.merchant_id', true));`,
).join('');

const GRANTS = `
GRANT USAGE ON SCHEMA accounts TO holdfast_accounts, holdfast_auditor;
GRANT SELECT, INSERT, UPDATE ON accounts.merchant TO holdfast_accounts;
GRANT SELECT, INSERT, UPDATE, DELETE ON accounts.staff, accounts.recovery_code, accounts.one_time_link, accounts.session,
  accounts.refresh_token, accounts.api_key, accounts.made, accounts.guess TO holdfast_accounts;
-- A fact is never taken back.
GRANT SELECT, INSERT ON accounts.audit_outbox TO holdfast_accounts;
GRANT SELECT ON accounts.migration TO holdfast_auditor;`;

/** Merchants, their staff and keys, sessions, and the facts of what was changed. */
export const accounts: Migration = {
  name: 'Accounts1790000200001',
  statements: [MERCHANTS, STAFF, SESSIONS, KEYS, MADE, FACTS, POLICIES, GRANTS],
};
